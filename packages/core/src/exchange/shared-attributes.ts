import { type AttributeNames, nameVerdict } from "../limits/attribute-names.ts";
import type { CapturedHeader } from "../limits/captured-headers.ts";
import { AttributeBlock } from "../model/attribute-block.ts";
import type { AttributeSet } from "../model/attribute-set.ts";
import type { AttributeList } from "../model/attributes.ts";
import type { Decision } from "../model/decision.ts";
import type { Route } from "../model/route.ts";
import type { FinishedRequest, SpanEnd } from "./finished-request.ts";
import { authorityOf, putDecision, putPeerAttributes, putRouteAttributes } from "./server-attributes.ts";

/** Blocks of each kind that are kept: one a place, where a later one takes the place of an earlier. A power of two. */
const places = 256;
const otherMethodIndex = 0;

const routeKeys = [
  "http.request.method",
  "http.route",
  "http.response.status_code",
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

interface RouteBlock {
  readonly route: Route | undefined;
  readonly methodIndex: number;
  readonly statusCode: number;
  readonly scheme: string;
  readonly version: string;
  readonly authority: string | undefined;
  readonly decision: Decision;
  readonly block: AttributeBlock;
}

interface PeerBlock {
  readonly client: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly userAgent: string | undefined;
  readonly block: AttributeBlock;
}

/**
 * Keeps the attributes of server spans that come again: those that requests of one route have in common, and those of one connection.
 *
 * Building and encoding them for each span anew is more than half of what a sampled request costs. Holds at most 256 blocks of each kind; what
 * shares a place takes turns, and costs what it costs without.
 */
export class SharedAttributes {
  readonly #attributeSet: AttributeSet;
  readonly #routes: (RouteBlock | undefined)[] = Array.from({ length: places }, () => undefined);
  readonly #peers: (PeerBlock | undefined)[] = Array.from({ length: places }, () => undefined);

  constructor(attributeSet: AttributeSet) {
    this.#attributeSet = attributeSet;
  }

  /** The block of the route; undefined for a request that is one of a kind: it failed, has another method, or attributes of its own choosing. */
  ofRoute(exchange: FinishedRequest, end: SpanEnd): AttributeBlock | undefined {
    const { route, methodIndex } = exchange;
    const { decision, notes } = end;
    const { statusCode } = end.outcome;
    if (methodIndex === otherMethodIndex || end.errorType !== undefined || statusCode === undefined) return undefined;
    // What somebody set may stand for one of ours.
    if (notes !== undefined && notes.attributes.length > 0) return undefined;
    if (end.rule?.attributes !== undefined || route?.options.attributes !== undefined) return undefined;
    const version = this.#attributeSet === "minimal" ? "" : end.reader.httpVersion(end.request);
    const authority = this.#attributeSet === "full" ? authorityOf(exchange) : undefined;
    const place = ((route === undefined ? 0 : route.id + 1) * 31 + methodIndex * 7 + statusCode) & (places - 1);
    const known = this.#routes[place];
    if (
      known !== undefined &&
      known.route === route &&
      known.methodIndex === methodIndex &&
      known.statusCode === statusCode &&
      known.scheme === exchange.scheme &&
      known.version === version &&
      known.authority === authority &&
      isAlike(known.decision, decision)
    ) {
      return known.block;
    }
    const list: AttributeList = [];
    putRouteAttributes(list, exchange, end);
    putDecision(list, decision);
    const block = new AttributeBlock(list);
    const { scheme } = exchange;
    this.#routes[place] = { route, methodIndex, statusCode, scheme, version, authority, decision, block };
    return block;
  }

  /** The block of the connection; undefined where spans tell nothing of it. */
  ofPeer(exchange: FinishedRequest, end: SpanEnd): AttributeBlock | undefined {
    if (this.#attributeSet === "minimal") return undefined;
    const { client, address, port } = exchange.peer;
    const userAgent = this.#attributeSet === "full" ? end.reader.header(end.request, "user-agent") : undefined;
    const place = (port ?? 0) & (places - 1);
    const known = this.#peers[place];
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
    this.#peers[place] = { client, address, port, userAgent, block };
    return block;
  }
}

export interface SharingSettings {
  readonly attributeSet: AttributeSet;
  /** Attributes a span may have. */
  readonly maxAttributes: number;
  readonly requestHeaders: readonly CapturedHeader[];
  readonly responseHeaders: readonly CapturedHeader[];
  /** What is removed or redacted by its name, asked without counting. */
  readonly names: AttributeNames | undefined;
}

/** Undefined where a span has to be looked at one by one: it may be too small for all there is to tell, or one of ours has a name that is taken out. */
export function sharedAttributes(settings: SharingSettings): SharedAttributes | undefined {
  const { attributeSet, maxAttributes, requestHeaders, responseHeaders, names } = settings;
  const keys = [...routeKeys, ...peerKeys];
  const most = keys.length + ownKeys + requestHeaders.length + responseHeaders.length;
  if (most > maxAttributes) return undefined;
  if (names !== undefined && keys.some((key) => names(key) !== nameVerdict.keep)) return undefined;
  return new SharedAttributes(attributeSet);
}

/** A user's sampler may give each request a decision of its own. */
function isAlike(a: Decision, b: Decision): boolean {
  return a === b || (a.reason === b.reason && a.rule === b.rule && a.ratio === b.ratio);
}
