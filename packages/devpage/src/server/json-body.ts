import type { IncomingMessage } from "node:http";

/** A body that is none: too long, broken off, or no object in JSON. */
export class BodyError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const maxBytes = 65_536;

/** The object in a body of at most 64 KiB. One that the app has parsed already is taken as it is. */
export async function jsonBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const tooLong = new BodyError(413, `A body must have at most ${maxBytes} bytes.`);
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLong;
  const parsed: unknown = (request as { readonly body?: unknown }).body;
  if (request.readableEnded && isObject(parsed)) return parsed;
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLong;
    parts.push(part);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new BodyError(400, "The body must be JSON.");
  }
  if (!isObject(value)) throw new BodyError(400, "The body must be an object.");
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
