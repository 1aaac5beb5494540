import type { SpanView, TraceDetail } from "../protocol.ts";
import { droppedText } from "./dropped-text.ts";
import { shown } from "./findings.ts";

const barWidth = 24;
const maxSpans = 200;
const maxLines = 50;
const maxName = 80;

/** A trace as text for an issue: what it was, a waterfall, what was found, what failed, and its lines. */
export function traceMarkdown({ summary, spans, findings, logs, left }: TraceDetail): string {
  const { traceId, startMs, durationMs, name, services, statusCode, dropped } = summary;
  const parts = [
    `### ${code(name)}: ${shown(durationMs)}${statusCode === undefined ? "" : `, ${statusCode}`}`,
    `Trace ${code(traceId)}, ${new Date(startMs).toISOString()}, ${services.map(code).join(", ")}, ${spans.length} spans${left === 0 ? "" : ` (${left} did not fit on the page)`}`,
    ...(dropped === 0 ? [] : [`**${droppedText(dropped)}**: it has more than its limits let through`]),
    block(spans.slice(0, maxSpans).map((span) => row(span, startMs, durationMs))),
  ];
  if (findings.length > 0)
    parts.push(["**Findings**", ...findings.map(({ message }) => `- ${plain(message)}`)].join("\n"));
  const failed = spans.filter(({ status }) => status === "error");
  if (failed.length > 0) parts.push(["**Errors**", ...failed.map(errorLine)].join("\n"));
  if (logs.length > 0) {
    const lines = logs
      .slice(-maxLines)
      .map(({ at, level, message }) => `${new Date(at).toISOString()} ${level} ${oneLine(message)}`);
    parts.push(`**Lines**\n\n${block(lines)}`);
  }
  return `${parts.join("\n\n")}\n`;
}

function row(span: SpanView, startMs: number, durationMs: number): string {
  const scale = durationMs > 0 ? barWidth / durationMs : 0;
  const from = clamp(Math.floor((span.startMs - startMs) * scale), 0, barWidth - 1);
  const length = clamp(Math.round(span.durationMs * scale), 1, barWidth - from);
  const bar = " ".repeat(from) + "█".repeat(length) + " ".repeat(barWidth - from - length);
  const mark = span.status === "error" ? " ✗" : "";
  return `${bar} ${shown(span.durationMs).padStart(8)}  ${"  ".repeat(Math.min(span.depth, 20))}${oneLine(span.name)}${mark}`;
}

function errorLine(span: SpanView): string {
  const exception = span.events.find((event) => event.name === "exception")?.attributes;
  const type = exception?.["exception.type"] ?? span.attributes["error.type"];
  const message = exception?.["exception.message"] ?? span.statusMessage;
  const said = [type, message].flatMap((part) => (typeof part === "string" && part !== "" ? [part] : [])).join(": ");
  return `- ${code(span.name)}${said === "" ? "" : ` ${code(said)}`}`;
}

function block(lines: readonly string[]): string {
  // A fence that nothing in it can end.
  const longest = Math.max(2, ...[...lines.join("\n").matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...lines, fence].join("\n");
}

/** Text of others in Markdown, as it is. */
function code(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return longest === 0 ? `${ticks}${line}${ticks}` : `${ticks} ${line} ${ticks}`;
}

function plain(text: string): string {
  return oneLine(text, 500).replaceAll(/[\\`*_[\]<>#|@!]/g, String.raw`\$&`);
}

function oneLine(text: string, max = maxName): string {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
