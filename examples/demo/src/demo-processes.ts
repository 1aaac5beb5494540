import { Child } from "./child.ts";
import type { Arrivals, FromCost, FromReceiver, FromShop } from "./messages.ts";

/** Traces of one request in ten are kept besides what failed, was slow or was left; what is collected is sent each second. */
const settings = {
  NODE_ENV: "production",
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  OTEL_METRIC_EXPORT_INTERVAL: "1000",
  OTEL_METRIC_EXPORT_TIMEOUT: "1000",
  OTEL_BSP_SCHEDULE_DELAY: "1000",
};

/** Starts the demo's processes and ends every one of them again, whatever happens. */
export class DemoProcesses {
  readonly #all = new Set<Child<{ readonly kind: string }>>();
  #receiver: Child<FromReceiver> | undefined;
  #receiverUrl = "";
  #ended = false;

  async startReceiver(): Promise<void> {
    this.#receiver = this.#start<FromReceiver>("receiver");
    this.#receiverUrl = (await this.#receiver.told("ready")).url;
  }

  /** A shop that delivers to the receiver. */
  async startShop(): Promise<{ readonly child: Child<FromShop>; readonly port: number }> {
    const child = this.#start<FromShop>("shop");
    const { port } = await child.told("ready");
    return { child, port };
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
    receiver?.release();
    await receiver?.end(1_000);
    this.#all.clear();
  }

  #start<Told extends { readonly kind: string }>(name: string): Child<Told> {
    if (this.#ended) throw new Error("The demo has ended.");
    const child = new Child<Told>(name, { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: this.#receiverUrl });
    this.#all.add(child);
    return child;
  }
}
