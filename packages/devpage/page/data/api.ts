import { type Refusal, tokenHeader } from "../../src/protocol.ts";
import { head } from "./store.ts";

/** What the server did not do, in its words. */
export class RefusedError extends Error {
  readonly status: number;
  readonly refusal: Refusal;

  constructor(status: number, refusal: Refusal) {
    super(refusal.error);
    this.status = status;
    this.refusal = refusal;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

/** @throws RefusedError where the server says no, and what `fetch` throws where it is not there. */
export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await fetch(address(path, query), { signal: signal ?? null, cache: "no-store" });
  if (!response.ok) throw await refused(response);
  return (await response.json()) as T;
}

export async function getText(path: string, query?: Query): Promise<string> {
  const response = await fetch(address(path, query), { cache: "no-store" });
  if (!response.ok) throw await refused(response);
  return response.text();
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", [tokenHeader]: head.value?.token ?? "" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
  if (!response.ok) throw await refused(response);
  return (await response.json()) as T;
}

async function refused(response: Response): Promise<RefusedError> {
  const text = await response.text();
  try {
    return new RefusedError(response.status, JSON.parse(text) as Refusal);
  } catch {
    return new RefusedError(response.status, { error: text === "" ? `The server answered ${response.status}.` : text });
  }
}

/** What to say of something that was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof RefusedError) return error.message;
  return "The service does not answer.";
}
