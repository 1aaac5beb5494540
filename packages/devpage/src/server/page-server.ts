import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { OptionError } from "@gossamer/core";
import type { Allow } from "@gossamer/core/adapter";
import { GoneError, ImpossibleError } from "../data/engine-actions.ts";
import type { PageActions, PageData } from "../data/page-data.ts";
import type { LogQuery, PageLevel, Refusal } from "../protocol.ts";
import { levels } from "../rings/log-ring.ts";
import { traceMarkdown } from "../traces/trace-markdown.ts";
import { traceOtlp } from "../traces/trace-otlp.ts";
import { assetOf } from "./assets.ts";
import { BodyError, jsonBody } from "./json-body.ts";
import { PageGate } from "./page-gate.ts";
import { pageWrites } from "./page-writes.ts";

export interface PageServerSettings {
  readonly data: PageData;
  readonly allow: Allow<IncomingMessage>;
  readonly readOnly: boolean;
}

const headers: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** Answers what a page asks. `path` is what stands behind its mount, with its query. Never throws. */
export class PageServer {
  readonly #data: PageData;
  readonly #gate: PageGate;
  readonly #token: string | undefined;

  constructor({ data, allow, readOnly }: PageServerSettings) {
    const token = randomBytes(24).toString("base64url");
    const isReadOnly = readOnly || data.source.actions === undefined;
    this.#data = data;
    this.#gate = new PageGate({ allow, readOnly: isReadOnly, token });
    this.#token = isReadOnly ? undefined : token;
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    this.#answer(request, response, path).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else refuse(response, error);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader("cache-control", "no-store");
    const { name, query } = asked(path);
    const refused = this.#gate.refusesRead(request, isDocument(name));
    if (refused !== undefined) return send(response, refused.status, { error: refused.error });
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!name.startsWith("api/")) return isRead ? file(request, response, name) : notAllowed(response, "GET, HEAD");
    const route = name.slice("api/".length);
    if (Object.hasOwn(pageWrites, route)) {
      if (request.method !== "POST") return notAllowed(response, "POST");
      return this.#write(route, request, response);
    }
    if (!isRead) return notAllowed(response, "GET, HEAD");
    // Nobody would listen to what does not end.
    if (route === "stream" && request.method === "HEAD") return notAllowed(response, "GET");
    this.#read(route, query, response);
  }

  #read(route: string, query: URLSearchParams, response: ServerResponse): void {
    const data = this.#data;
    if (route === "stream") return this.#stream(response);
    data.touch();
    const { actions } = data.source;
    switch (route) {
      case "state":
        return send(response, 200, {
          ...data.state(),
          ...(this.#token === undefined ? {} : { token: this.#token }),
          readOnly: this.#token === undefined,
        });
      case "heatmap":
        return send(response, 200, data.routes.heatmap(query.get("route") ?? undefined));
      case "traces":
        return send(response, 200, { traces: data.traceList() });
      case "logs":
        return send(response, 200, data.logs.find(logQuery(query)));
      case "explain":
        return actions === undefined ? missing(response) : send(response, 200, actions.explain(explainQuery(query)));
      case "check":
        return actions === undefined ? missing(response) : send(response, 200, actions.check());
      default:
        return route.startsWith("traces/")
          ? this.#trace(route.slice("traces/".length), query, response)
          : missing(response);
    }
  }

  #trace(traceId: string, query: URLSearchParams, response: ServerResponse): void {
    const trace = this.#data.trace(traceId);
    if (trace === undefined) return send(response, 404, { error: "No span of this trace is here." });
    switch (query.get("format")) {
      case null:
        return send(response, 200, trace);
      case "otlp":
        return send(response, 200, traceOtlp(trace));
      case "markdown":
        response.setHeader("content-type", "text/markdown; charset=utf-8");
        response.end(traceMarkdown(trace));
        return;
      default:
        return send(response, 400, { error: "format must be otlp or markdown." });
    }
  }

  #stream(response: ServerResponse): void {
    if (!this.#data.clients.add(response))
      return send(response, 503, { error: "As many pages as there may be are open: close one." });
    response.writeHead(200, { "content-type": "text/event-stream", "x-accel-buffering": "no" });
    response.write(`retry: 2000\n\nevent: snapshot\ndata: ${JSON.stringify(this.#data.snapshot())}\n\n`);
  }

  async #write(route: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.#gate.refusesWrite(request);
    if (refused !== undefined) return send(response, refused.status, { error: refused.error });
    const body = await jsonBody(request);
    const data = this.#data;
    data.touch();
    const { actions, look } = data.source;
    const act = pageWrites[route];
    if (actions === undefined || act === undefined) return missing(response);
    const answer = act(actions, body);
    // Told at once, and not at the next look.
    look?.call(data.source, data);
    send(response, 200, answer);
  }
}

/** What a target names. Slashes in front are no host, as they would be in a URL; what a client of a proxy says in front of the path is passed over. */
function asked(target: string): { readonly name: string; readonly query: URLSearchParams } {
  const [path = "", ...query] = target.replace(/#.*$/, "").split("?");
  const name = path.replace(/^https?:\/\/[^/]*/i, "").replace(/^\/+/, "");
  return { name, query: new URLSearchParams(query.join("?")) };
}

function isDocument(name: string): boolean {
  return name === "" || name === "index.html";
}

function file(request: IncomingMessage, response: ServerResponse, name: string): void {
  const asset = assetOf(name === "" ? "index.html" : name);
  if (asset === undefined)
    return isDocument(name)
      ? send(response, 503, { error: "The page was not built: build @gossamer/devpage, or install it again." })
      : missing(response);
  // Kept, and asked for anew each time.
  response.setHeader("cache-control", "no-cache");
  response.setHeader("etag", asset.etag);
  if (request.headers["if-none-match"] === asset.etag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.setHeader("content-type", asset.type);
  response.setHeader("content-length", asset.body.length);
  response.end(request.method === "HEAD" ? undefined : asset.body);
}

function logQuery(query: URLSearchParams): LogQuery {
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const number = (name: string): number | undefined => {
    const value = Number(query.get(name) ?? Number.NaN);
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  };
  const level = text("level");
  const known: readonly string[] = levels;
  return {
    text: text("text"),
    level: level !== undefined && known.includes(level) ? (level as PageLevel) : undefined,
    traceId: text("traceId"),
    service: text("service"),
    before: number("before"),
    limit: number("limit"),
  };
}

function explainQuery(query: URLSearchParams): Parameters<PageActions["explain"]>[0] {
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const id = Number(query.get("id") ?? Number.NaN);
  const given = [...query].filter(([name]) => name.startsWith("header."));
  return {
    ...(Number.isSafeInteger(id) ? { id } : {}),
    method: text("method"),
    route: text("route"),
    path: text("path"),
    operation: text("operation"),
    headers: Object.fromEntries(given.map(([name, value]) => [name.slice("header.".length).toLowerCase(), value])),
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(body));
}

function missing(response: ServerResponse): void {
  send(response, 404, { error: "There is no such thing here." });
}

function notAllowed(response: ServerResponse, allow: string): void {
  response.setHeader("allow", allow);
  send(response, 405, { error: `Ask with ${allow}.` });
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof BodyError) return send(response, error.status, { error: error.message });
  if (error instanceof GoneError) return send(response, 404, { error: "This request is not here any more." });
  if (error instanceof ImpossibleError) return send(response, 409, { error: error.message });
  if (!(error instanceof OptionError)) return send(response, 500, { error: "The page has failed at this." });
  const { message, option, expectation, code } = error;
  const refusal: Refusal = { error: message, option, code, ...(expectation === undefined ? {} : { expectation }) };
  send(response, 422, refusal);
}
