import { Child } from "./child.ts";
import { DemoCollector, type Taken } from "./demo-collector.ts";
import { type DemoShop, demoShops } from "./demo-shops.ts";
import type { Arrivals, FromCost, FromPage, FromReceiver, FromShop } from "./messages.ts";

/** Traces of one request in ten are kept besides what failed, was slow or was left; what is collected is sent each second. */
const settings = {
  NODE_ENV: "production",
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  OTEL_METRIC_EXPORT_INTERVAL: "1000",
  OTEL_METRIC_EXPORT_TIMEOUT: "1000",
  OTEL_BSP_SCHEDULE_DELAY: "1000",
};

/** A shop in a process of its own. */
export interface StartedShop extends DemoShop {
  readonly child: Child<FromShop>;
  readonly port: number;
  /** Of its own page, where there is one. */
  readonly pageUrl: string | undefined;
}

/** Starts the demo's processes and ends every one of them again, whatever happens. */
export class DemoProcesses {
  readonly #all = new Set<Child<{ readonly kind: string }>>();
  #receiver: Child<FromReceiver> | undefined;
  #receiverUrl = "";
  #collector: DemoCollector | undefined;
  #page: { readonly url: string; readonly pageUrl: string } | undefined;
  #ended = false;

  async startReceiver(): Promise<void> {
    this.#receiver = this.#start<FromReceiver>("receiver");
    this.#receiverUrl = (await this.#receiver.told("ready")).url;
  }

  /** A real collector in front of the receiver, to which the shops deliver. */
  async startCollector(): Promise<void> {
    this.#collector = await DemoCollector.start(this.#receiverUrl);
    if (this.#ended) await this.#collector.end();
  }

  /** A page of what all shops send, on its way to where they deliver. Answers its address. */
  async startPage(): Promise<string> {
    const page = this.#start<FromPage>("page", { DEMO_DELIVER_TO: this.#collector?.url ?? this.#receiverUrl });
    this.#page = await page.told("ready");
    return this.#page.pageUrl;
  }

  /** What the collector took, once it has delivered all of it and ended. */
  async drainCollector(): Promise<Taken | undefined> {
    return this.#collector?.drain();
  }

  /** The shops, in their order, delivering to the receiver. The last is started first, because the one before it asks it. */
  async startShops(): Promise<StartedShop[]> {
    const started: StartedShop[] = [];
    let supplier: Record<string, string> = {};
    for (const shop of demoShops.toReversed()) {
      const child = this.#start<FromShop>("shop", {
        SHOP_FRAMEWORK: shop.framework,
        ...(this.#collector === undefined
          ? {}
          : { OTEL_EXPORTER_OTLP_ENDPOINT: this.#collector.url, SHOP_LOGS: "otlp" }),
        ...(this.#page === undefined
          ? {}
          : { OTEL_EXPORTER_OTLP_ENDPOINT: this.#page.url, SHOP_LOGS: "otlp", SHOP_PAGE: "open" }),
        ...supplier,
      });
      const { port, inventoryPort, pageUrl } = await child.told("ready");
      supplier = { SHOP_SUPPLIER_URL: `http://127.0.0.1:${inventoryPort}` };
      started.unshift({ ...shop, child, port, pageUrl });
    }
    return started;
  }

  startCost(): Child<FromCost> {
    return this.#start<FromCost>("cost");
  }

  /** What has arrived so far. */
  async arrivals(): Promise<Arrivals> {
    if (this.#receiver === undefined) throw new Error("The receiver has not been started.");
    const told = this.#receiver.told("report");
    this.#receiver.tell({ kind: "report" });
    return (await told).report;
  }

  /** No process of the demo is left when this resolves, and none is started any more. The receiver goes last, so that the others can deliver. */
  async end(): Promise<void> {
    this.#ended = true;
    const receiver = this.#receiver;
    const others = [...this.#all].filter((child) => child !== receiver);
    for (const child of others) child.terminate();
    await Promise.all(others.map((child) => child.end(2_000)));
    await this.#collector?.end();
    receiver?.release();
    await receiver?.end(1_000);
    this.#all.clear();
  }

  #start<Told extends { readonly kind: string }>(
    name: string,
    own: Readonly<Record<string, string>> = {},
  ): Child<Told> {
    if (this.#ended) throw new Error("The demo has ended.");
    const child = new Child<Told>(name, { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: this.#receiverUrl, ...own });
    this.#all.add(child);
    return child;
  }
}
