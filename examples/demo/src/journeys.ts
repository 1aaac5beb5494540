import { setTimeout as delay } from "node:timers/promises";
import { customerCount, productCount } from "shop-domain";
import type { Ledger } from "./ledger.ts";
import { between, oneOf, zipfLike, type Random } from "./seeded-random.ts";
import type { Reply, Visitors } from "./visitor.ts";

/** The shop of a journey, as far as what it counts depends on it. */
export interface VisitedShop {
  readonly service: string;
  /** The inventory services that an order asks, in turn: its own, then one supplier after the other. */
  readonly inventories: readonly string[];
  /** Whether bodies are read before the route is known, so that one that cannot be read belongs to no route. */
  readonly readsBodiesFirst: boolean;
}

/** What a journey needs: where to send, where to write down, chance, and whether it is time to go home. */
export interface Surroundings {
  readonly visitors: Visitors;
  readonly shop: VisitedShop;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly signal: AbortSignal;
}

export type Journey = (surroundings: Surroundings) => Promise<void>;

const stockRoute = "/stock/:productId/reservations";
const words = ["amber", "lamp", "teapot", "mug", "granite", "quilt", "e", "zzz"] as const;

/** Looks around as people do, and sometimes buys. */
export const shopper: Journey = async (surroundings) => {
  const { visitors, random } = surroundings;
  const headers = random() < 0.1 ? { traceparent: traceparent(random) } : {};
  await visitors.visit({ route: "/products", path: `/products?page=${zipfLike(random, 10)}`, headers });
  for (let looks = between(random, 1, 4); looks > 0; looks--) {
    await think(surroundings);
    if (random() < 0.25) await visitors.visit({ route: "/search", path: `/search?q=${oneOf(random, words)}`, headers });
    const id = random() < 0.02 ? productCount + 1 : zipfLike(random, productCount);
    await visitors.visit({ route: "/products/:id", path: `/products/${id}`, headers });
  }
  if (random() < 0.35) await buy(surroundings, headers);
};

/** Buys, seen by a caller that traces it. */
export const tracedBuyer: Journey = async (surroundings) => {
  const { shop, ledger, random } = surroundings;
  const traceId = hex(random, 32);
  const headers = { traceparent: `00-${traceId}-${hex(random, 16)}-01` };
  const reply = await order(surroundings, { headers, quantity: 1, cut: false });
  if (reply.status !== 201) return;
  const asked = shop.inventories.map((service) => `${service} POST ${stockRoute}`);
  ledger.tracedOrders.set(traceId, [`${shop.service} POST /orders`, ...asked]);
};

async function buy(surroundings: Surroundings, headers: Readonly<Record<string, string>>): Promise<void> {
  const { visitors, random } = surroundings;
  await think(surroundings);
  const customerId = between(random, 1, customerCount);
  const quantity = random() < 0.04 ? 10_000 : between(random, 1, 3);
  const reply = await order(surroundings, { headers, customerId, quantity, cut: random() < 0.05 });
  if (reply.status !== 201) return;
  const { orderId } = JSON.parse(reply.body) as { orderId: number };
  await think(surroundings);
  await visitors.visit({ method: "POST", route: "/orders/:id/payment", path: `/orders/${orderId}/payment`, headers });
  await visitors.visit({ route: "/customers/:id/orders", path: `/customers/${customerId}/orders`, headers });
}

interface OrderForm {
  readonly headers: Readonly<Record<string, string>>;
  readonly customerId?: number;
  readonly quantity: number;
  /** Whether the end of the body is missing. */
  readonly cut: boolean;
}

async function order(
  { visitors, shop, ledger, random }: Surroundings,
  { headers, customerId = 1, quantity, cut }: OrderForm,
): Promise<Reply> {
  const text = JSON.stringify({ customerId, productId: zipfLike(random, productCount), quantity });
  const reply = await visitors.visit({
    method: "POST",
    route: cut && shop.readsBodiesFirst ? undefined : "/orders",
    path: "/orders",
    headers: { ...headers, "content-type": "application/json" },
    body: cut ? text.slice(0, -3) : text,
  });
  // An order that is accepted, or refused for want of stock, has asked each inventory service once. Those calls are requests as well.
  if (reply.status === 201 || reply.status === 409) {
    for (const service of shop.inventories) {
      ledger.internal++;
      ledger.add({ service, method: "POST", route: stockRoute, group: reply.status === 201 ? "2xx" : "4xx" });
    }
  }
  return reply;
}

/** Looks for what is not there. */
export const scanner: Journey = async ({ visitors, random, signal }) => {
  const known = ["/wp-login.php", "/.env", "/.git/config", "/admin/", "/phpmyadmin/index.php", "/xmlrpc.php"] as const;
  const headers = { "user-agent": "Mozilla/5.0 (compatible; scanner)" };
  for (let tries = between(random, 4, 10); tries > 0 && !signal.aborted; tries--) {
    const path = random() < 0.5 ? oneOf(random, known) : `/${hex(random, 8)}/${hex(random, 4)}.php?cmd=id`;
    await visitors.visit({ method: random() < 0.1 ? "PROPFIND" : "GET", route: undefined, path, headers });
  }
};

/** The orchestrator's health probe. */
export const probe: Journey = async ({ visitors }) => {
  await visitors.visit({ route: "/healthz", path: "/healthz", headers: { "user-agent": "kube-probe/1.33" } });
};

/** Waits for the slow report, or loses patience. */
export const reportReader: Journey = async ({ visitors, random }) => {
  const visit = { route: "/reports/sales", path: "/reports/sales" };
  await visitors.visit(
    random() < 0.4 ? { ...visit, leave: { when: "waiting", afterMs: between(random, 200, 500) } } : visit,
  );
};

/** Downloads the export, or stops half-way. */
export const downloader: Journey = async ({ visitors, random }) => {
  const visit = { route: "/exports/products.csv", path: "/exports/products.csv" };
  await visitors.visit(random() < 0.5 ? { ...visit, leave: { when: "body", afterMs: between(random, 5, 40) } } : visit);
};

/** Follows the order updates for a while. */
export const follower: Journey = async ({ visitors, random }) => {
  await visitors.visit({ ...updates, leave: { when: "stream", afterMs: between(random, 500, 3_000) } });
};

/** Follows the order updates until the shop ends them. */
export const faithfulFollower: Journey = async ({ visitors }) => {
  await visitors.visit(updates);
};

const updates = { route: "/order-updates", path: "/order-updates", headers: { accept: "text/event-stream" } };

async function think({ random, signal }: Surroundings): Promise<void> {
  // Going home is not an error: the journey goes on without thinking and is soon over.
  await delay(between(random, 30, 350), undefined, { signal }).catch(() => {});
}

/** A caller that is traced itself; half of them sampled. */
function traceparent(random: Random): string {
  return `00-${hex(random, 32)}-${hex(random, 16)}-${random() < 0.5 ? "01" : "00"}`;
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
}
