import type { AttributeBlock } from "../../model/attribute-block.ts";
import type { AttributeSet } from "../../model/choices.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { SpanStamp } from "../../otlp/span-stamp.ts";
import type { Route } from "../../model/route.ts";

/** Blocks of each kind that are kept. A power of two. */
const places = 256;

/** What requests have in common that share a block of their route. */
export interface RouteBlock {
  readonly route: Route | undefined;
  readonly methodIndex: number;
  readonly statusCode: number;
  readonly errorType: string | undefined;
  readonly scheme: string;
  readonly version: string;
  readonly authority: string | undefined;
  readonly decision: Decision;
  readonly block: AttributeBlock;
  /** The whole span of such a request, once one came again, or null where that is too long; as long as decisions have this threshold. */
  stamp: SpanStamp | null | undefined;
  threshold: string | undefined;
  /** Of the error, as in the span that came last; empty where there is none. */
  message: string;
}

/** What requests have in common that share a block of their connection. */
export interface PeerBlock {
  readonly client: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly userAgent: string | undefined;
  readonly block: AttributeBlock;
}

/** Blocks by a number that tells them apart, at most 256 of each kind: a later one takes the place of an earlier, which may be another than was looked for. */
export class BlockCache {
  readonly attributeSet: AttributeSet;
  /** The longest path of a span that is stamped; 0 where none is. */
  readonly maxPath: number;
  readonly #routes: (RouteBlock | undefined)[] = Array.from({ length: places }, () => undefined);
  readonly #peers: (PeerBlock | undefined)[] = Array.from({ length: places }, () => undefined);

  constructor(attributeSet: AttributeSet, maxPath: number) {
    this.attributeSet = attributeSet;
    this.maxPath = maxPath;
  }

  route(key: number): RouteBlock | undefined {
    return this.#routes[key & (places - 1)];
  }

  keepRoute(key: number, block: RouteBlock): void {
    this.#routes[key & (places - 1)] = block;
  }

  peer(key: number): PeerBlock | undefined {
    return this.#peers[key & (places - 1)];
  }

  keepPeer(key: number, block: PeerBlock): void {
    this.#peers[key & (places - 1)] = block;
  }
}
