import type { IncomingMessage } from "node:http";
import { PassThrough, type Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ByteBudget } from "./byte-budget.ts";
import { malformed, RefusedRequest } from "./refused-request.ts";

export interface BodyBounds {
  /** Of one body, as it is sent and as it is without compression. */
  readonly maxBytes: number;
  /** In which all of it must be here. */
  readonly maxMs: number;
  readonly budget: ByteBudget;
}

/**
 * Hands what a request holds, without its compression, to whoever uses it, and lets go of it then. Reading ends at the bound, whatever is still to come.
 *
 * @throws RefusedRequest
 */
export async function withBody<Answer>(
  request: IncomingMessage,
  bounds: BodyBounds,
  use: (body: Buffer) => Answer | Promise<Answer>,
): Promise<Answer> {
  const { maxBytes, budget } = bounds;
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  let parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of plainParts(request, bounds)) {
      if (bytes + part.length > maxBytes) throw tooLarge(maxBytes);
      if (!budget.take(part.length))
        throw new RefusedRequest(503, "busy", "Too much is being read at once: send it again.");
      bytes += part.length;
      parts.push(part);
    }
    const body = Buffer.concat(parts);
    parts = [];
    // It holds its place until it is used.
    return await use(body);
  } finally {
    budget.give(bytes);
  }
}

/** What a body is read through: it can be ended with an error while its request stays open, so that the answer can say why. */
function readerOf(request: IncomingMessage): Transform {
  switch ((request.headers["content-encoding"] ?? "identity").trim().toLowerCase()) {
    case "identity":
      return new PassThrough();
    case "gzip":
    case "x-gzip":
      return createGunzip();
    default:
      throw new RefusedRequest(415, "not-otlp", "A body is compressed with gzip, or not at all.");
  }
}

async function* plainParts(request: IncomingMessage, { maxBytes, maxMs }: BodyBounds): AsyncGenerator<Buffer> {
  const reader = readerOf(request);
  let bytes = 0;
  // What is packed can be longer than what is in it.
  request.on("data", (part: Buffer) => {
    bytes += part.length;
    if (bytes > maxBytes) reader.destroy(tooLarge(maxBytes));
  });
  request.once("close", () => {
    if (!request.complete) reader.destroy(malformed("The body was broken off."));
  });
  const tooSlow = new RefusedRequest(408, "too-slow", `A body must arrive within ${maxMs} ms: send it again.`);
  const timer = setTimeout(() => reader.destroy(tooSlow), maxMs);
  timer.unref();
  request.pipe(reader);
  try {
    yield* reader as AsyncIterable<Buffer>;
  } catch (error) {
    throw error instanceof RefusedRequest ? error : malformed("The body is not gzip, or not whole.");
  } finally {
    clearTimeout(timer);
    request.unpipe(reader);
  }
}

function tooLarge(maxBytes: number): RefusedRequest {
  return new RefusedRequest(
    413,
    "too-large",
    `A body must have at most ${maxBytes} bytes, unpacked too: send less at once.`,
  );
}
