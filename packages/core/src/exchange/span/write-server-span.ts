import { maxStampedPath, spanStamp, type SpanStamp, type StampedSpan } from "../../otlp/span-stamp.ts";
import type { BlockCache, RouteBlock } from "../host/block-cache.ts";
import type { FinishedRequest, RequestEnd } from "./finished-request.ts";
import { serverSpanData, statusMessageOf } from "./server-span-data.ts";
import { peerBlockOf, routeBlockOf } from "./shared-attributes.ts";

/** Writes the span of a request that is sampled or kept: by a stamp where its like came before, and nothing is unusual about it. */
export function writeServerSpan(exchange: FinishedRequest, end: RequestEnd, lane: string | undefined): void {
  const { sink, shared } = end.host;
  if (sink.stamp !== undefined && shared !== undefined && shared.maxPath !== 0) {
    const stamped = stampedSpan(exchange, end, shared);
    if (stamped !== undefined) return sink.stamp(stamped, lane);
  }
  sink.write(serverSpanData(exchange, end), lane, exchange);
}

/** Undefined for a span that has more for itself than its path and connection, and for the first of its kind. */
function stampedSpan(exchange: FinishedRequest, end: RequestEnd, shared: BlockCache): StampedSpan | undefined {
  const { notes } = end;
  if (end.rule !== undefined || end.sizes !== undefined || exchange.incoming !== null) return undefined;
  if (notes !== undefined && !notes.isBlank) return undefined;
  const known = routeBlockOf(shared, exchange, end);
  if (known === undefined) return undefined;
  const message = end.errorType === undefined ? "" : statusMessageOf(end);
  const stamp =
    known.stamp !== undefined && known.threshold === end.decision.threshold && known.message === message
      ? known.stamp
      : stampFor(known, message, exchange, end);
  if (stamp === undefined || stamp === null) return undefined;
  const pathLength =
    shared.attributeSet === "minimal" ? undefined : takePath(end.reader.target(end.request), shared.maxPath);
  if (pathLength === notPlain) return undefined;
  const { scope } = stamp;
  const peerBlock = peerBlockOf(shared, exchange, end);
  return { stamp, scope, pathLength, path: pathWords, peerBlock, root: exchange, endMs: end.endMs };
}

/** Made once the block of the route has come again, and with it the message of the error: one that holds a number of an order comes never again. */
function stampFor(
  known: RouteBlock,
  message: string,
  exchange: FinishedRequest,
  end: RequestEnd,
): SpanStamp | null | undefined {
  if (known.block.encoded === undefined) return undefined;
  if (known.message !== message) {
    known.message = message;
    known.stamp = undefined;
    return undefined;
  }
  const { clock, shared } = end.host;
  known.threshold = end.decision.threshold;
  known.stamp = spanStamp(serverSpanData(exchange, end), clock, shared?.attributeSet !== "minimal") ?? null;
  return known.stamp;
}

const slash = 47;
const questionMark = 63;
const hash = 35;

const notPlain = -1;
/** The path of the span under way, four letters a word. It is looked at and copied in one go: to read a letter of a text, and to store a byte, is dear. */
const pathWords = new Int32Array((maxStampedPath >> 2) + 1);

/** Takes a target that is a path and nothing else, in ASCII, and answers its length; `notPlain` for any other. */
function takePath(target: string, maxLength: number): number {
  const { length } = target;
  if (length > maxLength || target.charCodeAt(0) !== slash) return notPlain;
  let word = 0;
  for (let i = 0; i < length; i++) {
    const code = target.charCodeAt(i);
    if (code > 127 || code === questionMark || code === hash) return notPlain;
    word |= code << ((i & 3) << 3);
    if ((i & 3) === 3) {
      pathWords[i >> 2] = word;
      word = 0;
    }
  }
  pathWords[length >> 2] = word;
  return length;
}
