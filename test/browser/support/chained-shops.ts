import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const shopProcess = join(import.meta.dirname, "../../../examples/demo/dist/shop-process.js");
/** In the order in which one asks the next. */
const frameworks = ["express", "fastify", "nestjs"] as const;

interface Ready {
  readonly port: number;
  readonly inventoryPort: number;
}

/** The three shops of the demo, each in a process of its own: an order at the first asks the inventory of all three. */
export class ChainedShops {
  readonly #processes: ChildProcess[] = [];
  /** Of the first. */
  #url = "";

  /** They sample all, and send it there. */
  static async start(otlpUrl: string): Promise<ChainedShops> {
    const shops = new ChainedShops();
    let supplier: Record<string, string> = {};
    for (const framework of frameworks.toReversed()) {
      const { port, inventoryPort } = await shops.#start({
        SHOP_FRAMEWORK: framework,
        SHOP_LOGS: "otlp",
        OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
        OTEL_TRACES_SAMPLER: "always_on",
        OTEL_BSP_SCHEDULE_DELAY: "200",
        OTEL_BLRP_SCHEDULE_DELAY: "200",
        ...supplier,
      });
      supplier = { SHOP_SUPPLIER_URL: `http://127.0.0.1:${inventoryPort}` };
      shops.#url = `http://127.0.0.1:${port}`;
    }
    return shops;
  }

  /** Places an order at the first, as part of that trace. */
  async order(traceparent: string): Promise<number> {
    const answer = await fetch(`${this.#url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", traceparent },
      body: JSON.stringify({ customerId: 7, productId: 3, quantity: 1 }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  async end(): Promise<void> {
    for (const child of this.#processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  async #start(environment: Readonly<Record<string, string>>): Promise<Ready> {
    const child = fork(shopProcess, {
      env: { PATH: process.env["PATH"], ...environment },
      serialization: "advanced",
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#processes.push(child);
    const [ready] = (await once(child, "message")) as [Ready];
    return ready;
  }
}
