import type { ReadableSpan, SpanProcessor } from "@gossamer/core";

/** A recorded span that has ended, in words that assertions read well with. */
export interface TestSpan {
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the root of a trace. */
  readonly parentSpanId: string | undefined;
  readonly attributes: ReadableSpan["attributes"];
  readonly status: "unset" | "ok" | "error";
  /** Empty where there is none. */
  readonly statusMessage: string;
  readonly events: readonly { readonly name: string; readonly attributes: ReadableSpan["attributes"] }[];
  /** The name of the library that made it. */
  readonly scope: string;
  readonly durationMs: number;
}

const kinds = ["internal", "server", "client", "producer", "consumer"] as const;
const statuses = ["unset", "ok", "error"] as const;

/** Keeps every span that ends. */
export class SpanRecorder implements SpanProcessor {
  readonly spans: TestSpan[] = [];

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.spans.push(testSpan(span));
  }

  /** The one span of that name, or an error that names those there are. */
  only(name: string): TestSpan {
    const found = this.spans.filter((span) => span.name === name);
    const [span] = found;
    if (span === undefined || found.length > 1) {
      const names = this.spans.map((each) => each.name).join(", ");
      throw new Error(`There must be one span ${JSON.stringify(name)}, got ${found.length} among: ${names}.`);
    }
    return span;
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

function testSpan(span: ReadableSpan): TestSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    name: span.name,
    kind: kinds[span.kind] ?? "internal",
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    attributes: span.attributes,
    status: statuses[span.status.code] ?? "unset",
    statusMessage: span.status.message ?? "",
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes })),
    scope: span.instrumentationScope.name,
    durationMs: span.duration[0] * 1_000 + span.duration[1] / 1e6,
  };
}
