import type { OtlpSignal } from "./otlp-protobuf.ts";

/** Items of a request that were passed over, and why the first of them was. */
export interface Rejected {
  readonly count: number;
  /** Empty where there is nothing to say. */
  readonly message: string;
}

export type OtlpType = "application/json" | "application/x-protobuf";

const rejectedNames: Readonly<Record<OtlpSignal, string>> = {
  traces: "rejectedSpans",
  logs: "rejectedLogRecords",
  metrics: "rejectedDataPoints",
};

/**
 * What a request that was taken is answered: nothing, or what was passed over.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function takenAnswer(type: OtlpType, signal: OtlpSignal, { count, message }: Rejected): Buffer {
  if (type === "application/json") {
    const partialSuccess = { [rejectedNames[signal]]: String(count), errorMessage: message };
    return Buffer.from(JSON.stringify(message === "" ? {} : { partialSuccess }));
  }
  if (message === "") return Buffer.alloc(0);
  const partial = Buffer.concat([...(count === 0 ? [] : [Buffer.from([0x08]), varint(count)]), text(2, message)]);
  return Buffer.concat([Buffer.from([0x0a]), varint(partial.length), partial]);
}

/**
 * What a request that was not taken is answered: a `Status`, in the form of the request.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#failures-1
 */
export function refusedAnswer(type: OtlpType, message: string): Buffer {
  return type === "application/json" ? Buffer.from(JSON.stringify({ message })) : text(2, message);
}

function text(field: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([field * 8 + 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
