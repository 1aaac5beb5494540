import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import type { PageState, StreamEvents } from "../protocol.ts";
import { tokenHeader } from "../protocol.ts";

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks as no browser does: with any header, `Host` too, and with any target in place of the path. */
export function ask(
  url: string,
  {
    method = "GET",
    headers = {},
    body,
    path,
  }: { method?: string; headers?: Record<string, string>; body?: string; path?: string } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: false, ...(path === undefined ? {} : { path }) };
    const request = httpRequest(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

export async function json<T>(url: string): Promise<T> {
  const { status, text } = await ask(url);
  if (status !== 200) throw new Error(`${url} answered ${status}: ${text}`);
  return JSON.parse(text) as T;
}

/** What the page itself would send. */
export async function post(
  page: string,
  path: string,
  body: unknown,
  more: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const { token = "" } = await json<PageState>(`${page}api/state`);
  const headers = {
    origin: new URL(page).origin,
    "content-type": "application/json",
    [tokenHeader]: token,
    ...more,
  };
  const { status, text } = await ask(page + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status, body: JSON.parse(text) as unknown };
}

type Event = { [Name in keyof StreamEvents]: { name: Name; data: StreamEvents[Name] } }[keyof StreamEvents];

/** Listens to the stream. */
export function listenTo(page: string): { events: Event[]; status: Promise<number>; close: () => void } {
  const events: Event[] = [];
  let text = "";
  let answered: (status: number) => void = () => {};
  let failed: (error: Error) => void = () => {};
  const status = new Promise<number>((resolve, reject) => {
    answered = resolve;
    failed = reject;
  });
  const request = httpRequest(`${page}api/stream`, { agent: false }, (response) => {
    answered(response.statusCode ?? 0);
    response.setEncoding("utf8");
    response.on("error", () => {});
    response.on("data", (part: string) => {
      text += part;
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        if (name !== undefined && data !== undefined) events.push({ name, data: JSON.parse(data) } as Event);
        text = text.slice(end + 2);
      }
    });
  });
  request.on("error", failed);
  request.end();
  return { events, status, close: () => request.destroy() };
}
