import { valueText, type ReceivedSpan } from "@gossamer/testing";
import { milliseconds } from "./figures.ts";

/** A span of one trace, as a bar. */
export interface Bar {
  readonly service: string;
  readonly name: string;
  /** From the start of the trace. */
  readonly startMs: number;
  readonly durationMs: number;
  /** How many spans stand above it. */
  readonly depth: number;
}

const barWidth = 32;
const maxBars = 14;

/** The spans of a trace from the first to the last, each below the one that began it. */
export function barsOf(spans: readonly ReceivedSpan[]): Bar[] {
  const sorted = spans.toSorted((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
  const first = sorted[0]?.startTimeUnixNano ?? 0n;
  const bars: Bar[] = [];
  const add = (span: ReceivedSpan, depth: number): void => {
    bars.push({
      service: valueText(span.resource["service.name"] ?? "(no name)"),
      name: span.name,
      startMs: Number(span.startTimeUnixNano - first) / 1e6,
      durationMs: Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e6,
      depth,
    });
    for (const child of sorted) if (child.parentSpanId === span.spanId) add(child, depth + 1);
  };
  for (const span of sorted) if (!sorted.some(({ spanId }) => spanId === span.parentSpanId)) add(span, 0);
  return bars;
}

/** A trace as bars on one line of time. What is shorter than a column has one. */
export function waterfallLines(bars: readonly Bar[]): string[] {
  const shown = bars.slice(0, maxBars);
  const wholeMs = Math.max(...shown.map(({ startMs, durationMs }) => startMs + durationMs));
  const column = (ms: number): number => Math.round((ms / wholeMs) * barWidth);
  const labels = shown.map(({ service, name, depth }) => `${"  ".repeat(depth)}${service} ${name}`);
  const width = Math.max(...labels.map((label) => label.length));
  const lines = shown.map(({ startMs, durationMs }, i) => {
    const from = Math.min(column(startMs), barWidth - 1);
    const length = Math.max(1, Math.min(column(startMs + durationMs), barWidth) - from);
    const bar = `${" ".repeat(from)}${"█".repeat(length)}`.padEnd(barWidth);
    return `  ${(labels[i] ?? "").padEnd(width)}  ${bar}  ${milliseconds(durationMs / 1_000).padStart(6)} ms`;
  });
  return bars.length > maxBars ? [...lines, `  … and ${bars.length - maxBars} spans more`] : lines;
}
