import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export { startOtlpReceiver as startCollector } from "@gossamer/testing";

const root = join(import.meta.dirname, "../../..");

/** A shop of the examples in a process of its own, with the page loaded as users load it: `node --import @gossamer/devpage main.js`. */
export class Shop {
  readonly name: string;
  readonly url: string;
  /** Of the page. */
  readonly pageUrl: string;
  readonly #process: ChildProcess;
  #orders = 0;

  private constructor(name: string, process: ChildProcess, url: string, pageUrl: string) {
    this.name = name;
    this.#process = process;
    this.url = url;
    this.pageUrl = pageUrl;
  }

  static async start(name: string, environment: Readonly<Record<string, string>>): Promise<Shop> {
    const child = spawn(
      process.execPath,
      [
        "--import",
        "@gossamer/devpage",
        "--import",
        join(import.meta.dirname, "with-lines.mjs"),
        join(root, "examples", name, "dist/main.js"),
      ],
      {
        // From here Node finds the package.
        cwd: join(root, "test"),
        // None of the test runner's, which would make it a test itself.
        env: { PATH: process.env["PATH"], PORT: "0", ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let said = "";
    const told = new Promise<{ url: string; pageUrl: string }>((resolve, reject) => {
      const hear = (part: Buffer): void => {
        said += String(part);
        const url = /shop on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
        const pageUrl = new RegExp(`see ${name} at (http://127\\.0\\.0\\.1:\\d+/)`).exec(said)?.[1];
        if (url !== undefined && pageUrl !== undefined) resolve({ url, pageUrl });
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("exit", (code) => reject(new Error(`${name} ended early (${code}): ${said}`)));
    });
    const { url, pageUrl } = await told;
    return new Shop(name, child, url, pageUrl);
  }

  /** One of each kind: well, not there, and an order. */
  async visit(): Promise<void> {
    const paths = ["/products?page=2", "/products/7", "/search?q=lamp", "/nowhere"];
    await Promise.all([
      ...paths.map((path) => fetch(this.url + path).then((answer) => answer.arrayBuffer())),
      this.order(),
    ]);
  }

  /** Places an order, seen by a caller that traces it where there is a `traceparent`. */
  async order(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const answer = await fetch(`${this.url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ customerId: 7, productId: 1 + (this.#orders++ % 100), quantity: 1 }),
    });
    await answer.arrayBuffer();
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}
