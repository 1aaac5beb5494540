import { redactQuery } from "../limits/redact-query.ts";
import type { LimitSettings } from "../limits/span-limits.ts";
import { splitTarget } from "../limits/split-target.ts";
import { limitValue } from "../limits/truncate.ts";
import { type AttributeList, type Attributes, type AttributeValue, putAttribute } from "../model/attributes.ts";
import type { Decision } from "../model/decision.ts";
import type { FinishedRequest, SpanEnd } from "./finished-request.ts";
import { hostAndPort } from "./host-and-port.ts";

const maxOriginalMethodLength = 64;
const otherMethodIndex = 0;

/**
 * What the conventions ask of an HTTP server span, read from the request now that somebody will see it.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function putRequestAttributes(
  list: AttributeList,
  exchange: FinishedRequest,
  end: Pick<SpanEnd, "host" | "request" | "reader" | "outcome" | "errorType"> & { readonly decision?: Decision },
): void {
  const { host, request, reader, decision } = end;
  const { limits } = host;
  const target = splitTarget(reader.target(request));
  const { scheme } = exchange;
  list.push("http.request.method", exchange.method, "url.scheme", scheme);
  if (exchange.methodIndex === otherMethodIndex) {
    put(list, "http.request.method_original", reader.method(request).slice(0, maxOriginalMethodLength), limits);
  }
  put(list, "url.path", target.path, limits);
  if (target.query !== "") put(list, "url.query", redactQuery(target.query, host.sensitive), limits);
  if (exchange.route !== undefined) list.push("http.route", exchange.route.template);
  if (end.outcome.statusCode !== undefined) list.push("http.response.status_code", end.outcome.statusCode);
  if (end.errorType !== undefined) list.push("error.type", end.errorType);
  putServer(list, exchange, scheme, limits);
  const { peer } = exchange;
  put(list, "client.address", peer.client, limits);
  put(list, "network.peer.address", peer.address, limits);
  put(list, "network.peer.port", peer.port, limits);
  put(list, "network.protocol.version", reader.httpVersion(request), limits);
  put(list, "user_agent.original", reader.header(request, "user-agent"), limits);
  for (const name of host.requestHeaders)
    putHeader(list, `http.request.header.${name}`, reader.header(request, name), limits);
  for (const name of host.responseHeaders)
    putHeader(list, `http.response.header.${name}`, end.outcome.response?.getHeader(name), limits);
  if (decision !== undefined) putDecision(list, decision);
  putGiven(list, exchange.route?.options.attributes);
}

function putDecision(list: AttributeList, { reason, rule, ratio }: Decision): void {
  list.push("sampling.reason", reason);
  if (rule !== undefined) list.push("sampling.rule", rule);
  if (ratio !== undefined) list.push("sampling.ratio", ratio);
}

function putServer(
  list: AttributeList,
  exchange: FinishedRequest,
  scheme: "http" | "https",
  limits: LimitSettings,
): void {
  const authority = exchange.header("host") ?? exchange.header(":authority");
  const server = authority === undefined ? undefined : hostAndPort(authority);
  if (server === undefined) return;
  put(list, "server.address", server.host, limits);
  list.push("server.port", server.port ?? (scheme === "https" ? 443 : 80));
}

/** The convention wants a list, also of one. */
function putHeader(list: AttributeList, key: string, value: unknown, limits: LimitSettings): void {
  const values: string[] = [];
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (typeof item === "string" || typeof item === "number") values.push(String(item));
  }
  if (values.length > 0) list.push(key, limitValue(values, limits));
}

function putGiven(list: AttributeList, attributes: Attributes | undefined): void {
  // By the names that are there already: a list must not hold one twice.
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) putAttribute(list, key, value, Number.POSITIVE_INFINITY);
  }
}

function put(list: AttributeList, key: string, value: AttributeValue | undefined, limits: LimitSettings): void {
  if (value !== undefined)
    list.push(key, typeof value === "string" && value.length > limits.valueLength ? limitValue(value, limits) : value);
}
