import type { WorkloadRequest } from "../workload.ts";
import type { InProcessRequest } from "./in-process-client.ts";

const usual = {
  Host: "service.example:8080",
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
  Accept: "application/json",
  Connection: "keep-alive",
};

/** The request as a client would send it. */
export function requestOf(wanted: string | WorkloadRequest): InProcessRequest {
  const { path, method, headers = {}, body } = typeof wanted === "string" ? fromText(wanted) : wanted;
  const bytes = body === undefined ? undefined : bytesOf(body);
  const all = new Map<string, [string, string]>();
  const put = (name: string, value: string): void => void all.set(name.toLowerCase(), [name, value]);
  for (const [name, value] of Object.entries(usual)) put(name, value);
  if (bytes !== undefined) {
    if (typeof body !== "string" && !(body instanceof Uint8Array)) put("Content-Type", "application/json");
    put("Content-Length", String(bytes.length));
  }
  for (const [name, value] of Object.entries(headers)) put(name, value);
  return {
    method: (method ?? (bytes === undefined ? "GET" : "POST")).toUpperCase(),
    target: path,
    headers: [...all.values()].flat(),
    ...(bytes === undefined ? {} : { body: bytes }),
  };
}

/** What messages call it. */
export function nameOf({ method, target }: InProcessRequest): string {
  return `${method} ${target}`;
}

function fromText(text: string): WorkloadRequest {
  const space = text.indexOf(" ");
  return space === -1 ? { path: text } : { method: text.slice(0, space), path: text.slice(space + 1).trim() };
}

function bytesOf(body: unknown): Buffer {
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(JSON.stringify(body));
}
