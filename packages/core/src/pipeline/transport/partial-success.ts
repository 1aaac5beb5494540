import { readFields } from "./protobuf-fields.ts";

/** What a collector did not take of a request that it accepted. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string | undefined;
}

const wholeSuccess: PartialSuccess = Object.freeze({ rejected: 0, message: undefined });

/**
 * Reads the answer to an OTLP export: field 1, `partial_success`, of which field 1 is the number of rejected items and field 2 a message. The
 * same for traces and metrics. Bytes that are not protobuf, or end early, count as whole success.
 */
export function readPartialSuccess(answer: Uint8Array): PartialSuccess {
  let found = wholeSuccess;
  readFields(answer, (field, value) => {
    if (field === 1 && typeof value !== "number") found = readInner(value);
  });
  return found;
}

function readInner(bytes: Uint8Array): PartialSuccess {
  let rejected = 0;
  let message: string | undefined;
  const whole = readFields(bytes, (field, value) => {
    if (field === 1 && typeof value === "number") rejected = value;
    if (field === 2 && typeof value !== "number") message = new TextDecoder().decode(value) || undefined;
  });
  return whole ? { rejected, message } : wholeSuccess;
}
