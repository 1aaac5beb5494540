import { type CapturedHeader, shownHeader } from "../../limits/captured-headers.ts";
import { redactQuery } from "../../limits/redact-query.ts";
import { type LimitSettings, putLimited } from "../../limits/span-limits.ts";
import { splitTarget } from "../../limits/split-target.ts";
import { limitValue } from "../../limits/truncate.ts";
import type { AttributeList, Attributes, AttributeValue } from "../../model/attributes.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { ExchangeHost } from "../host/exchange-host.ts";
import type { FinishedRequest, SpanEnd } from "./finished-request.ts";
import { hostAndPort } from "./host-and-port.ts";

const maxOriginalMethodLength = 64;
const otherMethodIndex = 0;

/** What the attributes of a request are read from; what is absent is left out. */
export type AttributeSource = Pick<SpanEnd, "host" | "request" | "reader" | "outcome" | "errorType"> &
  Partial<Pick<SpanEnd, "decision" | "rule" | "sizes">>;

/**
 * What the conventions ask of an HTTP server span, read from the request now that somebody will see it. Answers how many of the route's
 * own attributes found no room.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function putRequestAttributes(list: AttributeList, exchange: FinishedRequest, end: AttributeSource): number {
  const { limits } = end.host;
  // What matters most comes first: a small limit takes from the end.
  putRouteAttributes(list, exchange, end);
  putOwnAttributes(list, end);
  putPeerAttributes(list, exchange, end);
  if (end.decision !== undefined) putDecision(list, end.decision);
  return putGiven(list, end.rule?.attributes, limits) + putGiven(list, exchange.route?.options.attributes, limits);
}

/** What requests of a route that end alike have in common. */
export function putRouteAttributes(list: AttributeList, exchange: FinishedRequest, end: AttributeSource): void {
  const { host, request, reader } = end;
  const { limits, attributeSet } = host;
  list.push("http.request.method", exchange.method);
  if (exchange.methodIndex === otherMethodIndex) {
    put(list, "http.request.method_original", reader.method(request).slice(0, maxOriginalMethodLength), limits);
  }
  const template = exchange.route?.template ?? "";
  if (template !== "") list.push("http.route", template);
  const operation = exchange.route?.operation;
  if (operation !== undefined) for (const [key, value] of Object.entries(operation.attributes)) list.push(key, value);
  if (end.outcome.statusCode !== undefined) list.push("http.response.status_code", end.outcome.statusCode);
  if (end.errorType !== undefined) list.push("error.type", end.errorType);
  if (attributeSet === "minimal") return;
  list.push("url.scheme", exchange.scheme);
  put(list, "network.protocol.version", reader.httpVersion(request), limits);
  if (attributeSet === "full") putServer(list, exchange, limits);
}

/** What a request has for itself. */
export function putOwnAttributes(
  list: AttributeList,
  { host, request, reader, outcome, sizes }: AttributeSource,
): void {
  const { limits, attributeSet } = host;
  if (attributeSet !== "minimal") {
    const target = splitTarget(reader.target(request));
    put(list, "url.path", target.path, limits);
    if (target.query !== "")
      put(list, "url.query", redactQuery(target.query, host.sensitive, limits.valueLength), limits);
  }
  if (attributeSet === "full") {
    for (const header of host.requestHeaders) putHeader(list, header, reader.header(request, header.name), host);
    for (const header of host.responseHeaders) {
      putHeader(list, header, outcome.response?.getHeader(header.name), host);
    }
  }
  if (sizes === undefined) return;
  put(list, "http.request.body.size", sizes.request, limits);
  put(list, "http.response.body.size", sizes.response, limits);
}

/** What requests of a connection have in common. */
export function putPeerAttributes(
  list: AttributeList,
  exchange: FinishedRequest,
  { host, request, reader }: AttributeSource,
): void {
  const { limits, attributeSet } = host;
  if (attributeSet === "minimal") return;
  const { peer } = exchange;
  put(list, "client.address", peer.client, limits);
  if (attributeSet !== "full") return;
  put(list, "network.peer.address", peer.address, limits);
  put(list, "network.peer.port", peer.port, limits);
  put(list, "user_agent.original", reader.header(request, "user-agent"), limits);
}

/** Why the span is there. */
export function putDecision(list: AttributeList, { reason, rule, ratio }: Decision): void {
  list.push("sampling.reason", reason);
  if (rule !== undefined) list.push("sampling.rule", rule);
  if (ratio !== undefined) list.push("sampling.ratio", ratio);
}

function putServer(list: AttributeList, exchange: FinishedRequest, limits: LimitSettings): void {
  const authority = authorityOf(exchange);
  const server = authority === undefined ? undefined : hostAndPort(authority);
  if (server === undefined) return;
  put(list, "server.address", server.host, limits);
  list.push("server.port", server.port ?? (exchange.scheme === "https" ? 443 : 80));
}

/** What the request was sent to. */
export function authorityOf(exchange: FinishedRequest): string | undefined {
  return exchange.header("host") ?? exchange.header(":authority");
}

/** The convention wants a list, also of one. */
function putHeader(list: AttributeList, header: CapturedHeader, value: unknown, host: ExchangeHost): void {
  const values: string[] = [];
  const { limits, sensitive } = host;
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (values.length > limits.arrayItems) break;
    if (typeof item === "string" || typeof item === "number") {
      values.push(shownHeader(header, String(item), sensitive, limits.valueLength));
    }
  }
  if (values.length > 0) list.push(header.key, limitValue(values, limits));
}

function putGiven(list: AttributeList, attributes: Attributes | undefined, limits: LimitSettings): number {
  let dropped = 0;
  // One by one, by the names that are there already: a list must not hold one twice.
  for (const key in attributes) dropped += putLimited(list, key, attributes[key], limits);
  return dropped;
}

function put(list: AttributeList, key: string, value: AttributeValue | undefined, limits: LimitSettings): void {
  if (value !== undefined)
    list.push(key, typeof value === "string" && value.length > limits.valueLength ? limitValue(value, limits) : value);
}
