import { ProtobufReader } from "./protobuf-reader.ts";

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
  try {
    const fields = new ProtobufReader(answer);
    while (fields.next()) {
      if (fields.field === 1 && fields.isBytes) found = readInner(fields.message());
      else fields.skip();
    }
  } catch {
    // What cannot be read says nothing against the batch.
  }
  return found;
}

function readInner(fields: ProtobufReader): PartialSuccess {
  let rejected = 0;
  let message: string | undefined;
  while (fields.next()) {
    if (fields.field === 1 && fields.isNumber) rejected = fields.uint();
    else if (fields.field === 2 && fields.isBytes) message = fields.text() || undefined;
    else fields.skip();
  }
  return { rejected, message };
}
