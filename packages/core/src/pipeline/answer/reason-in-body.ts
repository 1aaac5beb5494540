import { ProtobufReader } from "./protobuf-reader.ts";

/** Of an answer that is looked at for its reason. */
const maxReadBytes = 4_096;

/**
 * What a collector says of a refusal in the body of its answer, for the operator's eye: `google.rpc.Status` as OTLP asks, JSON, a page or plain text.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#failures-1
 */
export function reasonInBody(body: Uint8Array, contentType: string | undefined): string {
  const bytes = body.subarray(0, maxReadBytes);
  if (contentType?.includes("protobuf") === true) return statusMessage(bytes);
  const text = new TextDecoder().decode(bytes).trim();
  if (text.startsWith("{")) return messageInJson(text) ?? text;
  return text.startsWith("<") ? titleOf(text) : text;
}

function statusMessage(bytes: Uint8Array): string {
  let message = "";
  try {
    const fields = new ProtobufReader(bytes);
    while (fields.next()) {
      if (fields.field === 2 && fields.isBytes) message = fields.text();
      else fields.skip();
    }
  } catch {
    // Cut off, or none: what was read until there is the reason.
  }
  return message;
}

function messageInJson(text: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Cut off, or no JSON after all: the text is the reason.
    return undefined;
  }
  return messageOf(parsed) ?? messageOf((parsed as { readonly error?: unknown } | null)?.error);
}

function messageOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const { message, error, detail } = value as Readonly<Record<string, unknown>>;
  return [message, error, detail].find((text) => typeof text === "string");
}

function titleOf(page: string): string {
  const from = page.search(/<title/i);
  const begin = from === -1 ? -1 : page.indexOf(">", from);
  const end = begin === -1 ? -1 : page.indexOf("<", begin);
  return end === -1 ? "" : page.slice(begin + 1, end);
}
