import type { ReceivedPoint } from "@gossamer/testing";
import type { RunningShop as ExpressShop } from "express-shop";
import type { RunningShop as FastifyShop } from "fastify-shop";
import type { RunningShop as NestShop } from "nestjs-shop";
import type { ServiceArrivals } from "./service-arrivals.ts";
import type { Bar } from "./waterfall.ts";

/** Any of the shops: from outside they are the same. */
export type RunningShop = ExpressShop | FastifyShop | NestShop;

/** What a shop's telemetry says of itself. */
export type ShopStatus = ReturnType<RunningShop["status"]>;

/** What the demo and its processes tell each other. */
export type FromShop =
  | { readonly kind: "ready"; readonly port: number; readonly inventoryPort: number; readonly pageUrl?: string }
  | { readonly kind: "stopped"; readonly status: ShopStatus };

/** Where shops deliver, and where what they sent is seen. */
export interface FromPage {
  readonly kind: "ready";
  readonly url: string;
  readonly pageUrl: string;
}

export interface ToReceiver {
  readonly kind: "report";
}

export type FromReceiver =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "report"; readonly report: Arrivals };

export type FromCost = { readonly kind: "cost"; readonly cost: Cost };

/** What came over the wire, as the receiver saw it. */
export interface Arrivals {
  /** The newest points of the duration histogram: what the service counted. */
  readonly durations: readonly ReceivedPoint[];
  /** The newest points of every other metric. */
  readonly others: readonly ReceivedPoint[];
  readonly spans: number;
  /** Kept requests by `sampling.reason`. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The last few kept requests of each reason, oldest first. */
  readonly kept: readonly KeptRequest[];
  /** Traces that went through several services, by id: their server spans from the first to the last, each begun by the one before. */
  readonly crossings: ReadonlyMap<string, readonly string[]>;
  /** The spans of the newest of these that went through the most services. */
  readonly waterfall: readonly Bar[];
  /** Everything that arrived, by the service it is of. */
  readonly services: Readonly<Record<string, ServiceArrivals>>;
  readonly traces: WireTotals;
  readonly metrics: WireTotals;
  readonly malformedRequests: number;
}

export interface WireTotals {
  readonly requests: number;
  readonly wireBytes: number;
  readonly bodyBytes: number;
}

export interface KeptRequest {
  readonly reason: string;
  readonly name: string;
  readonly status: string;
  readonly durationMs: number;
  readonly traceId: string;
}

/** Microseconds of processor time a request, medians over the slices. */
export interface Cost {
  readonly bareUs: number;
  /** Added while requests are served. */
  readonly servingUs: Spread;
  /** Added apart from them, to compress and send what they left behind. */
  readonly deliveryUs: Spread;
  readonly slices: number;
  readonly requestsASlice: number;
  /** Requests that were given to the observed one, so many it must have counted. */
  readonly observedRequests: number;
}

/** The middle half of the values lies from `low` to `high`. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}
