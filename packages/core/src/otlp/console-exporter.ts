import type { HrTime } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter } from "../model/span-processor.ts";

const kinds = ["internal", "server", "client", "producer", "consumer"];

/** Writes each span as one line: when, how long, what, how it ended, its trace and its attributes. */
export class ConsoleExporter implements SpanExporter {
  readonly #write: (text: string) => void;

  /** `write` takes whole lines, their ends included. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  export(spans: ReadableSpan[], resultCallback: (result: { code: number; error?: Error }) => void): void {
    this.#write(spans.map((span) => `${spanLine(span)}\n`).join(""));
    resultCallback({ code: 0 });
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** One line, also where a name or value would break it. */
export function spanLine(span: ReadableSpan): string {
  const { traceId, spanId } = span.spanContext();
  const { code, message } = span.status;
  const status =
    code === 2 ? ` error${message === undefined || message === "" ? "" : ` ${JSON.stringify(message)}`}` : "";
  const parent = span.parentSpanContext === undefined ? "" : ` parent=${span.parentSpanContext.spanId}`;
  const ms = (span.duration[0] * 1e3 + span.duration[1] / 1e6).toFixed(2);
  const name = JSON.stringify(span.name).slice(1, -1);
  const facts = `trace=${traceId} span=${spanId}${parent} ${JSON.stringify(span.attributes)}`;
  return oneLine(`${iso(span.startTime)} ${ms} ms ${kinds[span.kind] ?? span.kind} ${name}${status} ${facts}`);
}

/** What JSON leaves as it is, and a terminal or a log reader would act on. */
function oneLine(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function iso([seconds, nanos]: HrTime): string {
  return new Date(seconds * 1e3 + nanos / 1e6).toISOString();
}
