import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Shop } from "./shop.ts";

const sockets = 16;
const tickMs = 50;

/** What visitors ask for, of each route of the shop something, the cheap ones more often. */
const paths = [
  "/products?page=1",
  "/products/7",
  "/search?q=lamp",
  "/healthz",
  "/products/41",
  "/customers/7/orders",
  "/nowhere",
  "/products?page=3",
];
/** One in so many is an order: it asks the inventory service too. */
const orderEvery = 25;

/** Visitors of a shop over sockets that are kept alive. */
export class Traffic {
  readonly #shop: Shop;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: sockets });
  #asked = 0;
  #isOver = false;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  /** As many requests as quickly as the shop answers them. */
  async drive(count: number): Promise<void> {
    let left = count;
    const visitor = async (): Promise<void> => {
      while (left-- > 0) await this.#ask();
    };
    await Promise.all(Array.from({ length: sockets }, visitor));
  }

  /** So many requests a second until the end, however quickly they are answered. */
  async drip(perSecond: number): Promise<void> {
    const began = performance.now();
    let sent = 0;
    while (!this.#isOver) {
      for (const due = ((performance.now() - began) / 1_000) * perSecond; sent < due; sent++) void this.#ask();
      await delay(tickMs);
    }
  }

  end(): void {
    this.#isOver = true;
    this.#agent.destroy();
  }

  /** Resolves however it ends. */
  #ask(): Promise<void> {
    const i = this.#asked++;
    if (i % orderEvery === orderEvery - 1) return this.#shop.order().catch(() => {});
    return new Promise((resolve) => {
      const asked = request(this.#shop.url + (paths[i % paths.length] ?? "/"), { agent: this.#agent }, (answer) => {
        answer.resume().once("close", resolve);
      });
      asked.once("error", () => resolve()).end();
    });
  }
}
