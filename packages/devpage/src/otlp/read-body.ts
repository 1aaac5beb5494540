import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";
import type { ByteBudget } from "./byte-budget.ts";
import { malformed, RefusedRequest } from "./refused-request.ts";

export interface BodyBounds {
  /** Of one body, as it is sent and as it is without compression. */
  readonly maxBytes: number;
  readonly budget: ByteBudget;
}

/**
 * Hands what a request holds, without its compression, to whoever uses it, and lets go of it then. Reading ends at the bound, whatever is still to come.
 *
 * @throws RefusedRequest
 */
export async function withBody<Answer>(
  request: IncomingMessage,
  { maxBytes, budget }: BodyBounds,
  use: (body: Buffer) => Answer,
): Promise<Answer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  let parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of plainParts(request, maxBytes)) {
      if (bytes + part.length > maxBytes) throw tooLarge(maxBytes);
      if (!budget.take(part.length))
        throw new RefusedRequest(503, "busy", "Too much is being read at once: send it again.");
      bytes += part.length;
      parts.push(part);
    }
    const body = Buffer.concat(parts);
    parts = [];
    return use(body);
  } finally {
    budget.give(bytes);
  }
}

function plainParts(request: IncomingMessage, maxBytes: number): AsyncIterable<Buffer> {
  switch (request.headers["content-encoding"] ?? "identity") {
    case "identity":
      // It stays open when reading ends early, so that the answer can say why.
      return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    case "gzip":
      return unpacked(request, maxBytes);
    default:
      throw new RefusedRequest(415, "not-otlp", "A body is compressed with gzip, or not at all.");
  }
}

async function* unpacked(request: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  let bytes = 0;
  // What is packed can be longer than what is in it.
  request.on("data", (part: Buffer) => {
    bytes += part.length;
    if (bytes > maxBytes) gunzip.destroy(tooLarge(maxBytes));
  });
  request.once("close", () => {
    if (!request.complete) gunzip.destroy(malformed("The body was broken off."));
  });
  request.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    throw error instanceof RefusedRequest ? error : malformed("The body is not gzip, or not whole.");
  } finally {
    request.unpipe(gunzip);
  }
}

function tooLarge(maxBytes: number): RefusedRequest {
  return new RefusedRequest(
    413,
    "too-large",
    `A body must have at most ${maxBytes} bytes, unpacked too: send less at once.`,
  );
}
