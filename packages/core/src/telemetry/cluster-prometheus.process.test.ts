import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";

const core = JSON.stringify(join(import.meta.dirname, "../../dist/bundle/index.js"));

/** A primary with two workers. A worker counts by `add`, and blocks, ends or restarts as it is told; the primary tells them by its own input. */
const program = `
  import cluster from "node:cluster";
  import { createServer } from "node:http";
  import { createInterface } from "node:readline";
  import { clusterPrometheus, createTelemetry } from ${core};
  if (cluster.isPrimary) {
    const server = createServer(clusterPrometheus()).listen(0, "127.0.0.1");
    const workers = [cluster.fork(), cluster.fork()];
    let ready = 0;
    cluster.on("message", (worker, message) => {
      if (message === "ready" && ++ready === 2) console.log(server.address().port);
      else if (message === "done") console.log("done");
    });
    cluster.on("exit", () => console.log("gone"));
    createInterface({ input: process.stdin }).on("line", (line) => {
      const [index, deed, value] = line.split(" ");
      if (deed === "fork") workers.push(cluster.fork());
      else workers[Number(index)].send({ deed, value: Number(value) });
    });
  } else {
    const telemetry = createTelemetry({ serviceName: "shop", exporter: "none", diagnostics: "none", shutdown: { signals: false } });
    const meter = telemetry.meterProvider.getMeter("own");
    const orders = meter.createCounter("orders");
    const depth = meter.createGauge("depth");
    process.on("message", ({ deed, value }) => {
      if (deed === "add") { orders.add(value); depth.record(value); }
      if (deed === "clash") { meter.createGauge("shop_depth").record(value); meter.createUpDownCounter("shop.depth").add(value); }
      if (deed === "garble") process.send({ type: "gossamer:metrics", round: value, snapshot: {} });
      if (deed === "block") { process.send("done", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, value)); return; }
      if (deed === "end") process.exit(0);
      if (deed !== undefined) process.send("done");
    });
    process.send("ready");
  }
`;

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function start() {
  // Workers run the file that the primary was started with.
  const folder = mkdtempSync(join(tmpdir(), "gossamer-cluster-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "primary.mjs");
  writeFileSync(file, program);
  const child = spawn(process.execPath, [file], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // The workers end with their channel.
  ends.push(() => child.kill("SIGKILL"));
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await said.next()).value);
  const port = Number(await next());
  return {
    complaints: () => stderr.split("\n").filter((line) => line.startsWith("gossamer: ")),
    async tell(worker: number, deed: string, value = 0): Promise<void> {
      child.stdin.write(`${worker} ${deed} ${value}\n`);
      await next();
    },
    async scrape(headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
      const [response] = (await once(get({ port, host: "127.0.0.1", headers }), "response")) as [
        import("node:http").IncomingMessage,
      ];
      let text = "";
      for await (const part of response) text += String(part);
      return { status: response.statusCode ?? 0, text };
    },
  };
}

const samples = (text: string, name: string): string[] => text.split("\n").filter((line) => line.startsWith(name));

test("the primary answers what all workers counted as one, their gauges apart, and only to whom it should (R-P13)", async () => {
  const { tell, scrape } = await start();
  await tell(0, "add", 2);
  await tell(1, "add", 3);
  const { status, text } = await scrape();
  expect(status).toBe(200);
  expect(samples(text, "orders_total")).toEqual([expect.stringMatching(/ 5$/)]);
  expect(
    samples(text, "depth{").map((line) => line.replace(/.*gossamer_cluster_worker="(\d)".* (\d)$/, "$1 $2")),
  ).toEqual(["1 2", "2 3"]);
  expect(samples(text, "gossamer_cluster_workers{")).toEqual([
    'gossamer_cluster_workers{gossamer_cluster_state="answered"} 2',
    'gossamer_cluster_workers{gossamer_cluster_state="missing"} 0',
  ]);
  expect((await scrape({ "x-forwarded-for": "192.0.2.1" })).status).toBe(403);
});

test("a metric of the workers that has no name left in the text is one line of the primary's (R-P13)", async () => {
  const { tell, scrape, complaints } = await start();
  await tell(0, "clash", 1);
  await tell(1, "clash", 1);
  for (let i = 0; i < 2; i++) expect(samples((await scrape()).text, "shop_depth")).toHaveLength(2);
  await expect.poll(complaints).toHaveLength(1);
  expect(complaints()[0]).toMatch(/^gossamer: the metric shop\.depth of "own" .* \[GSM_PROMETHEUS_NAME\]$/);
});

test("a worker that sends what is no metrics is one line, and neither the page nor the primary fails when it ends (R-P13)", async () => {
  const { tell, scrape, complaints } = await start();
  await tell(0, "add", 2);
  await tell(1, "add", 3);
  await tell(1, "garble", 1);
  expect(samples((await scrape()).text, "orders_total")).toEqual([expect.stringMatching(/ 5$/)]);
  await tell(1, "garble", 2);
  await tell(1, "end");
  const { status, text } = await scrape();
  expect([status, samples(text, "orders_total")]).toEqual([200, [expect.stringMatching(/ 5$/)]]);
  expect(complaints()).toEqual([expect.stringMatching(/^gossamer: worker 2 .*\[GSM_CLUSTER_MESSAGE\]$/)]);
});

test("a worker that is busy is told as missing within a second or so, and counts with what it said last (R-P13)", async () => {
  const { tell, scrape } = await start();
  await tell(0, "add", 2);
  await tell(1, "add", 3);
  await scrape();
  await tell(1, "block", 20_000);
  await tell(0, "add", 10);
  const beganMs = performance.now();
  const { text } = await scrape();
  expect(performance.now() - beganMs).toBeLessThan(5_000);
  expect(samples(text, "orders_total")).toEqual([expect.stringMatching(/ 15$/)]);
  expect(samples(text, 'gossamer_cluster_workers{gossamer_cluster_state="missing"}')).toEqual([
    expect.stringMatching(/ 1$/),
  ]);
});

test("what a worker that is gone had told stays counted, and its gauge goes (R-P13)", async () => {
  const { tell, scrape } = await start();
  await tell(0, "add", 2);
  await tell(1, "add", 3);
  await scrape();
  await tell(1, "end");
  const { text } = await scrape();
  expect(samples(text, "orders_total")).toEqual([expect.stringMatching(/ 5$/)]);
  expect(samples(text, "depth{")).toHaveLength(1);
});
