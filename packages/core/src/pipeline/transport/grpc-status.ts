import { ProtobufReader } from "../answer/protobuf-reader.ts";
import { maxRetryAfterMs } from "../answer/retry-after.ts";
import type { SendResult } from "./sender.ts";

/** How a gRPC call ended, from its trailers. */
export interface GrpcStatus {
  readonly code: number;
  /** Decoded. */
  readonly message: string;
  /** `grpc-status-details-bin`, base64 of a `google.rpc.Status`. */
  readonly details: string | undefined;
}

const names = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

const resourceExhausted = 8;
/** Table "Failures" of the OTLP specification. RESOURCE_EXHAUSTED is one of them only with a RetryInfo. */
const retryableCodes: ReadonlySet<number> = new Set([1, 4, 10, 11, 14, 15]);
/** UNKNOWN, UNIMPLEMENTED and INTERNAL are the collector's own trouble; all others are ours. */
const collectorsTrouble: ReadonlySet<number> = new Set([2, 12, 13]);

/** What a status other than OK means for a batch, as the OTLP specification says for gRPC. */
export function judgeGrpcStatus({ code, message, details }: GrpcStatus): SendResult {
  const reason = `status ${names[code] ?? code}${message === "" ? "" : `: ${message}`}`;
  const afterMs = details === undefined ? undefined : retryDelayMs(Buffer.from(details, "base64"));
  if (retryableCodes.has(code) || (code === resourceExhausted && afterMs !== undefined)) {
    return { outcome: "retryable", cause: "status", reason, afterMs };
  }
  // Servers of every make say it in such words when a message is above their limit: there is no code for it.
  if (code === resourceExhausted && /larger than max/i.test(message))
    return { outcome: "refused", reason, status: 413 };
  return { outcome: "refused", reason, status: collectorsTrouble.has(code) ? 500 : 400 };
}

const retryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

/** The delay of the `RetryInfo` among the details of a `google.rpc.Status`, at most {@link maxRetryAfterMs}; undefined when there is none. */
export function retryDelayMs(status: Uint8Array): number | undefined {
  let found: number | undefined;
  try {
    const fields = new ProtobufReader(status);
    while (fields.next()) {
      if (fields.field === 3 && fields.isBytes) found = delayOf(fields.message()) ?? found;
      else fields.skip();
    }
  } catch {
    // What was read before it broke off counts.
  }
  return found;
}

/** Of one detail, a `google.protobuf.Any`; undefined for one of another type. */
function delayOf(any: ProtobufReader): number | undefined {
  let type = "";
  let value: ProtobufReader | undefined;
  while (any.next()) {
    if (any.field === 1 && any.isBytes) type = any.text();
    else if (any.field === 2 && any.isBytes) value = any.message();
    else any.skip();
  }
  if (type !== retryInfoType) return undefined;
  let ms = 0;
  while (value?.next() === true) {
    if (value.field === 1 && value.isBytes) ms = durationMs(value.message());
    else value.skip();
  }
  return ms;
}

function durationMs(duration: ProtobufReader): number {
  let ms = 0;
  while (duration.next()) {
    if (duration.field === 1 && duration.isNumber) ms += duration.uint() * 1_000;
    else if (duration.field === 2 && duration.isNumber) ms += duration.uint() / 1_000_000;
    else duration.skip();
  }
  // A negative one reads as a huge one, and means now.
  return ms >= 2 ** 63 ? 0 : Math.min(maxRetryAfterMs, ms);
}
