import { fitList } from "../../limits/span-limits.ts";
import { truncate } from "../../limits/truncate.ts";
import { type AttributeList, putAttribute } from "../../model/attributes.ts";
import { type Scope, version } from "../../model/scope.ts";
import { type SpanData, type SpanLink, spanKind, statusCode } from "../../model/span-data.ts";
import { spanIdText, traceIdText } from "../../model/ids.ts";
import { errorMessageOf } from "../../model/foreign/exception-attributes.ts";
import { nameByRule } from "../host/span-names.ts";
import type { FinishedRequest, SpanEnd } from "./finished-request.ts";
import type { IncomingParent } from "../incoming/incoming-context.ts";
import { putOwnAttributes, putRequestAttributes } from "./server-attributes.ts";
import { peerBlockOf, routeBlockOf } from "./shared-attributes.ts";

const serverScope: Scope = { name: "@gossamer/core", version };
const sampledFlag = 1;
const randomFlag = 2;
const remoteKnown = 256;
const remote = 512;

/** The server span of a request that is sampled or kept. The attributes a handler set win over ours. */
export function serverSpanData(exchange: FinishedRequest, end: SpanEnd): SpanData {
  const { incoming } = exchange;
  const { host, decision, notes } = end;
  const parent = incoming?.trusted === true ? incoming : undefined;
  const attributes: AttributeList = [];
  const { shared } = host;
  const routeBlock = shared === undefined ? undefined : routeBlockOf(shared, exchange, end)?.block;
  const peerBlock = shared === undefined || routeBlock === undefined ? undefined : peerBlockOf(shared, exchange, end);
  let dropped = 0;
  if (routeBlock === undefined) dropped += putRequestAttributes(attributes, exchange, end);
  else putOwnAttributes(attributes, end);
  dropped += (notes?.droppedAttributesCount ?? 0) + fitList(attributes, host.limits);
  if (notes !== undefined) dropped += putAll(attributes, notes.attributes, host.limits.attributes);
  return {
    t0: exchange.t0,
    t1: exchange.t1,
    t2: exchange.t2,
    t3: exchange.t3,
    s0: exchange.s0,
    s1: exchange.s1,
    p0: parent?.s0 ?? 0,
    p1: parent?.s1 ?? 0,
    // A kept span counts as sampled, because processors downstream drop what is not.
    flags: (parent === undefined ? randomFlag : (parent.flags & randomFlag) | remote) | sampledFlag,
    traceState: exchange.stateWith(decision.threshold),
    name: nameOf(exchange, end),
    kind: spanKind.server,
    startMs: exchange.startMs,
    endMs: end.endMs,
    routeBlock,
    attributes,
    peerBlock,
    droppedAttributesCount: dropped,
    events: notes?.events,
    droppedEventsCount: notes?.droppedEventsCount ?? 0,
    links: linksOf(incoming, notes?.links),
    droppedLinksCount: notes?.droppedLinksCount ?? 0,
    statusCode: statusCodeOf(end),
    statusMessage: statusMessageOf(end),
    scope: serverScope,
  };
}

/** A handler's name wins, then the rule's in place of the route. */
function nameOf(exchange: FinishedRequest, { notes, rule }: SpanEnd): string {
  return notes?.givenName ?? nameByRule(exchange, rule?.spanName);
}

/** A handler's own word wins; else a request that failed is an error. */
function statusCodeOf({ notes, errorType }: SpanEnd): number {
  if (notes !== undefined && notes.statusCode !== statusCode.unset) return notes.statusCode;
  return errorType === undefined ? statusCode.unset : statusCode.error;
}

/** A handler's own word wins; else the message of what was thrown. */
export function statusMessageOf({ notes, errorType, error, host }: SpanEnd): string {
  if (notes !== undefined && notes.statusCode !== statusCode.unset) return notes.statusMessage;
  if (errorType === undefined) return "";
  const { valueLength, truncateMarker } = host.limits;
  return truncate(errorMessageOf(error) ?? "", valueLength, truncateMarker);
}

/** A caller that is not trusted is pointed at, not followed. */
function linksOf(
  incoming: IncomingParent | null,
  links: readonly SpanLink[] | undefined,
): readonly SpanLink[] | undefined {
  if (incoming === null || incoming.trusted) return links;
  const caller: SpanLink = {
    traceId: traceIdText(incoming),
    spanId: spanIdText(incoming.s0, incoming.s1),
    traceState: incoming.traceState,
    flags: incoming.flags | remoteKnown | remote,
    attributes: [],
    droppedAttributesCount: 0,
  };
  return links === undefined ? [caller] : [caller, ...links];
}

function putAll(list: AttributeList, more: AttributeList, limit: number): number {
  let dropped = 0;
  for (let i = 0; i < more.length; i += 2) if (putAttribute(list, more[i] as string, more[i + 1]!, limit)) dropped++;
  return dropped;
}
