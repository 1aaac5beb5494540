/** How a shop is started. */
export interface ServeOptions {
  /** @default 0, a free one */
  port?: number;
  /** A pino level. @default "info" */
  logLevel?: string;
  /** Another shop's inventory service, which then keeps the stock of this one. @default it keeps its own */
  supplierUrl?: string;
  /** How long the sales report takes, at least. @default 1200 */
  reportMs?: number;
}

/** A shop and its inventory service, each on a port of its own. */
export interface OpenShop {
  readonly port: number;
  readonly inventoryPort: number;
  /** Takes no new requests and lets those under way finish. */
  drain(): Promise<void>;
  /** Frees what the shop stood on. */
  close(): Promise<void>;
}

/** Seconds. The usual ones begin at 5 ms, in which most of a shop has long answered. */
export const boundaries: readonly number[] = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

/** Longer than any client keeps an idle connection: who closes first must be the client, or a request could meet a closing connection. */
export const keepAliveTimeoutMs = 65_000;
