import { type AttributeNames, nameVerdict } from "../../limits/attribute-names.ts";
import type { CapturedHeader } from "../../limits/captured-headers.ts";
import { AttributeBlock } from "../../model/attribute-block.ts";
import type { AttributeSet } from "../../model/choices.ts";
import type { AttributeList } from "../../model/attributes.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import { BlockCache, type RouteBlock } from "../host/block-cache.ts";
import { maxStampedPath } from "../../otlp/span-stamp.ts";
import type { FinishedRequest, SpanEnd } from "./finished-request.ts";
import { authorityOf, putDecision, putPeerAttributes, putRouteAttributes } from "./server-attributes.ts";

// The attributes of server spans that come again: those that requests of one route have in common, and those of one connection. To put them
// together and encode them for each span anew is more than half of what a sampled request costs.

const otherMethodIndex = 0;

const routeKeys = [
  "http.request.method",
  "http.route",
  "http.response.status_code",
  "error.type",
  "url.scheme",
  "network.protocol.version",
  "server.address",
  "server.port",
  "sampling.reason",
  "sampling.rule",
  "sampling.ratio",
];
const peerKeys = ["client.address", "network.peer.address", "network.peer.port", "user_agent.original"];
/** `url.path`, `url.query` and the two sizes. */
const ownKeys = 4;

/** The block of the route; undefined for a request that is one of a kind: it has no status, another method, or attributes of its own choosing. */
export function routeBlockOf(cache: BlockCache, exchange: FinishedRequest, end: SpanEnd): RouteBlock | undefined {
  const { route, methodIndex, scheme } = exchange;
  const { decision, errorType, notes } = end;
  const { statusCode } = end.outcome;
  if (methodIndex === otherMethodIndex || statusCode === undefined) return undefined;
  // What somebody set may stand for one of ours.
  if (notes !== undefined && notes.attributes.length > 0) return undefined;
  if (end.rule?.attributes !== undefined || route?.options.attributes !== undefined) return undefined;
  if (route?.operation !== undefined) return undefined;
  const version = cache.attributeSet === "minimal" ? "" : end.reader.httpVersion(end.request);
  const authority = cache.attributeSet === "full" ? authorityOf(exchange) : undefined;
  const key = (route === undefined ? 0 : route.id + 1) * 31 + methodIndex * 7 + statusCode;
  const known = cache.route(key);
  if (
    known !== undefined &&
    known.route === route &&
    known.methodIndex === methodIndex &&
    known.statusCode === statusCode &&
    known.errorType === errorType &&
    known.scheme === scheme &&
    known.version === version &&
    known.authority === authority &&
    isAlike(known.decision, decision)
  ) {
    return known;
  }
  const list: AttributeList = [];
  putRouteAttributes(list, exchange, end);
  putDecision(list, decision);
  const made: RouteBlock = {
    route,
    methodIndex,
    statusCode,
    errorType,
    scheme,
    version,
    authority,
    decision,
    block: new AttributeBlock(list),
    stamp: undefined,
    threshold: undefined,
    message: "",
  };
  cache.keepRoute(key, made);
  return made;
}

/** The block of the connection; undefined where spans tell nothing of it. */
export function peerBlockOf(cache: BlockCache, exchange: FinishedRequest, end: SpanEnd): AttributeBlock | undefined {
  if (cache.attributeSet === "minimal") return undefined;
  const { client, address, port } = exchange.peer;
  const userAgent = cache.attributeSet === "full" ? end.reader.header(end.request, "user-agent") : undefined;
  const key = port ?? 0;
  const known = cache.peer(key);
  if (
    known !== undefined &&
    known.port === port &&
    known.client === client &&
    known.address === address &&
    known.userAgent === userAgent
  ) {
    return known.block;
  }
  const list: AttributeList = [];
  putPeerAttributes(list, exchange, end);
  const block = new AttributeBlock(list);
  cache.keepPeer(key, { client, address, port, userAgent, block });
  return block;
}

export interface SharingSettings {
  readonly attributeSet: AttributeSet;
  /** Attributes a span may have. */
  readonly maxAttributes: number;
  /** Characters of a text value. */
  readonly maxValueLength: number;
  readonly requestHeaders: readonly CapturedHeader[];
  readonly responseHeaders: readonly CapturedHeader[];
  /** What is removed or redacted by its name, asked without counting. */
  readonly names: AttributeNames | undefined;
}

/** Undefined where a span has to be looked at one by one: it may be too small for all there is to tell, or one of ours has a name that is taken out. */
export function sharedAttributes(settings: SharingSettings): BlockCache | undefined {
  const { attributeSet, maxAttributes, maxValueLength, requestHeaders, responseHeaders, names } = settings;
  const keys = [...routeKeys, ...peerKeys];
  const most = keys.length + ownKeys + requestHeaders.length + responseHeaders.length;
  if (most > maxAttributes) return undefined;
  if (names !== undefined && keys.some((key) => names(key) !== nameVerdict.keep)) return undefined;
  const hasPlainPaths =
    requestHeaders.length + responseHeaders.length === 0 &&
    (names === undefined || names("url.path") === nameVerdict.keep);
  return new BlockCache(attributeSet, hasPlainPaths ? Math.min(maxStampedPath, maxValueLength) : 0);
}

/** A user's sampler may give each request a decision of its own. */
function isAlike(a: Decision, b: Decision): boolean {
  return a === b || (a.reason === b.reason && a.rule === b.rule && a.ratio === b.ratio);
}
