import type { ReceivedView } from "../protocol.ts";

/** Why a request was not taken, as it is counted. */
export type RefusalReason = keyof ReceivedView["refused"];

/** A request that is not taken: its status, and what is wrong with it. */
export class RefusedRequest extends Error {
  readonly status: number;
  readonly reason: RefusalReason;

  constructor(status: number, reason: RefusalReason, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** What cannot be read as OTLP at all: sent again it would be no other. */
export function malformed(message: string): RefusedRequest {
  return new RefusedRequest(400, "malformed", message);
}
