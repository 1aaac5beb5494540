import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type DogStatsdMessage, parseDogStatsd } from "../metrics/statsd/testing/dogstatsd-parser.ts";
import { listenTcp, listenUdp, listenUnix, type StatsdServer } from "../metrics/statsd/testing/statsd-server.ts";
import type { StatsdOptions, TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import { fakeReader } from "../testing/test-exchange.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { TelemetryEngine } from "./telemetry.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  await resetTelemetry();
  for (const close of closers.splice(0).toReversed()) await close();
});

const lines: string[] = [];

function engine(statsd: StatsdOptions, options: TelemetryOptions = {}): TelemetryEngine {
  lines.length = 0;
  return createTelemetry({
    serviceName: "shop",
    environment: "test",
    exporter: "none",
    shutdown: { signals: false },
    log: (line) => lines.push(line),
    statsd: { flushEveryMs: 3_600_000, ...statsd },
    ...options,
  } as TelemetryOptions<never>);
}

async function listening(server: Promise<StatsdServer>): Promise<StatsdServer> {
  const made = await server;
  closers.push(() => made.close().catch(() => {}));
  return made;
}

function requests(telemetry: TelemetryEngine, count: number): void {
  const route = telemetry.routes.get("/orders/:id");
  for (let i = 0; i < count; i++) telemetry.begin({ route }, fakeReader).end({ statusCode: 200, completed: true });
}

async function read(server: StatsdServer, name: string): Promise<DogStatsdMessage[]> {
  const found = (): DogStatsdMessage[] =>
    server.packets.flatMap(parseDogStatsd).filter((message) => message.name === name);
  await expect.poll(() => found().length).toBeGreaterThan(0);
  return found();
}

const count = "http.server.request.duration.count";
const duration = "http.server.request.duration";

test.each(["udp", "tcp", "unixstream"] as const)(
  "%s: an agent reads requests as an exact count and a sample of durations (R-M6)",
  async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), "gossamer-statsd-"));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "dsd.socket");
    const server = await listening(kind === "udp" ? listenUdp() : kind === "tcp" ? listenTcp() : listenUnix(path));
    const url = kind === "unixstream" ? `unixstream://${path}` : `${kind}://127.0.0.1:${server.port}`;
    const telemetry = engine({ url, tags: { team: "a" }, tagNames: "short" });
    requests(telemetry, 256);
    expect(await telemetry.flush(30_000)).toBe(true);
    expect(await read(server, count)).toMatchObject([
      { type: "c", values: [256], tags: { endpoint: "/orders/:id", service: "shop", team: "a" } },
    ]);
    const sampled = await read(server, duration);
    expect(sampled.flatMap(({ values }) => values)).toHaveLength(64);
    expect(sampled.every(({ type, rate }) => type === "d" && rate === 0.25)).toBe(true);
    if (kind !== "tcp")
      expect(server.packets.every((packet) => packet.length <= (kind === "udp" ? 1_432 : 8_192))).toBe(true);
    // What is sent next is what came since.
    requests(telemetry, 2);
    await telemetry.flush(5_000);
    await expect.poll(async () => (await read(server, count)).map(({ values }) => values[0])).toEqual([256, 2]);
    expect(telemetry.status().statsd).toMatchObject({ state: "connected", waitingBytes: 0, drops: {} });
  },
);

test("StatsD and OTLP deltas take nothing from each other, and the service's own numbers leave too (R-M6)", async () => {
  const server = await listening(listenUdp());
  const telemetry = engine({ url: `udp://127.0.0.1:${server.port}`, prefix: "shop" });
  telemetry.meterProvider.getMeter("own").createCounter("orders").add(2, { kind: "new" });
  telemetry.meterProvider.getMeter("own").createGauge("depth").record(-3);
  requests(telemetry, 4);
  await telemetry.flush(5_000);
  expect(await read(server, "shop.orders")).toMatchObject([{ type: "c", values: [2], tags: { kind: "new" } }]);
  expect(await read(server, "shop.depth")).toMatchObject([{ type: "g", values: [-3] }]);
  const { resourceMetrics } = await telemetry.metricProducer().collect();
  const own = resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === "orders");
  expect(own?.dataPoints[0]?.value).toBe(2);
});

test("a server that is away is told in one line; what waits is bounded, the oldest go and are counted; its return is one line (R-M6)", async () => {
  const first = await listening(listenTcp());
  const { port } = first;
  await first.close();
  const telemetry = engine({ url: `tcp://127.0.0.1:${port}`, maxPacketBytes: 65_000, maxEntries: 10_000 });
  const counter = telemetry.meterProvider.getMeter("own").createCounter("orders");
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 900; i++) counter.add(1, { i: `${i} ${"x".repeat(60)}` });
    expect(await telemetry.flush(1_000)).toBe(false);
  }
  const away = telemetry.status().statsd!;
  expect(away.state).toBe("unreachable");
  expect(away.waitingBytes).toBeLessThanOrEqual(1_048_576);
  expect(away.drops["queue-full"]).toBeGreaterThan(0);
  const said = (): string[] => lines.filter((line) => line.includes("GSM_STATSD"));
  expect(said()).toEqual([expect.stringContaining("GSM_STATSD_UNREACHABLE")]);
  const second = await listening(listenTcp(port));
  await expect.poll(() => telemetry.status().statsd?.state, { timeout: 20_000 }).toBe("connected");
  await expect.poll(() => telemetry.status().statsd?.waitingBytes).toBe(0);
  // What was written is not yet read on the other side.
  await expect.poll(() => second.packets.flatMap(parseDogStatsd).length).toBeGreaterThan(1_000);
  expect(said()).toEqual([expect.anything(), expect.stringContaining("GSM_STATSD_WORKS")]);
});

test.each(["udp", "tcp"] as const)(
  "%s: a server that is away, behind a socket that takes what is written, is one line however often it is tried (R-M6)",
  async (kind) => {
    const server = await listening(kind === "udp" ? listenUdp() : listenTcp());
    const { port } = server;
    let connections = 0;
    await server.close();
    if (kind === "tcp") {
      const closing = createServer((socket) => {
        connections++;
        socket.destroy();
      }).listen(port, "127.0.0.1");
      closers.push(() => closing.close());
      await once(closing, "listening");
    }
    const telemetry = engine({ url: `${kind}://127.0.0.1:${port}`, flushEveryMs: 100 });
    const counter = telemetry.meterProvider.getMeter("own").createCounter("orders");
    const endMs = performance.now() + 3_500;
    while (performance.now() < endMs) {
      counter.add(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (kind === "tcp") await expect.poll(() => connections).toBeGreaterThan(2);
    expect(lines.filter((line) => line.includes("GSM_STATSD"))).toEqual([
      expect.stringContaining("GSM_STATSD_UNREACHABLE"),
    ]);
    await expect.poll(() => telemetry.status().statsd?.state).toBe("unreachable");
  },
);

test("an address of IPv6 is told as it is written in a URL (R-M6)", async () => {
  const telemetry = engine({ url: "tcp://[::1]:9" });
  requests(telemetry, 1);
  await telemetry.flush(1_000);
  expect(lines.filter((line) => line.includes("GSM_STATSD"))).toEqual([expect.stringContaining("tcp://[::1]:9 (")]);
});

test.each(["sh op", "shop:1|c\nfake", "shop#a", "shop@0.1"])(
  "a prefix that would break an entry is an error at start: %o (R-C3)",
  (prefix) => {
    expect(() => resolveOptions({ statsd: { prefix } }, {})).toThrow(
      'Option "statsd.prefix" must be at most 100 letters, digits and _ . -, got',
    );
  },
);

test("shutdown sends what was counted last, and an entry above a packet is a counted drop (R-M6)", async () => {
  const server = await listening(listenUdp());
  const telemetry = engine({ url: `udp://127.0.0.1:${server.port}`, maxPacketBytes: 200 });
  telemetry.meterProvider
    .getMeter("own")
    .createCounter("orders")
    .add(1, { long: "x".repeat(300) });
  requests(telemetry, 3);
  await telemetry.shutdown(5_000);
  expect(await read(server, count)).toMatchObject([{ values: [3] }]);
  expect(telemetry.status().statsd?.drops).toEqual({ "too-large": 1 });
});

test("it is sent each flushEveryMs by itself (R-M6)", async () => {
  const server = await listening(listenUdp());
  const telemetry = engine({ url: `udp://127.0.0.1:${server.port}`, flushEveryMs: 100 });
  requests(telemetry, 1);
  expect(await read(server, count)).toMatchObject([{ values: [1] }]);
});

test("without a url it goes where Datadog's variables say, and nowhere unless it is asked for (R-M6)", () => {
  const target = (statsd: StatsdOptions | undefined, variables: Record<string, string>): unknown =>
    resolveOptions(statsd === undefined ? {} : { statsd }, variables).settings.statsd?.target;
  expect(target(undefined, { DD_AGENT_HOST: "agent" })).toBeUndefined();
  expect(target({}, {})).toEqual({ kind: "udp", host: "localhost", port: 8_125 });
  expect(target({}, { DD_AGENT_HOST: "agent", DD_DOGSTATSD_PORT: "9125" })).toEqual({
    kind: "udp",
    host: "agent",
    port: 9_125,
  });
  const url = { DD_DOGSTATSD_URL: "unixstream:///var/run/datadog/dsd-stream.socket", DD_AGENT_HOST: "agent" };
  expect(target({}, url)).toEqual({ kind: "unixstream", path: "/var/run/datadog/dsd-stream.socket" });
  expect(target({ url: "tcp://[::1]" }, url)).toEqual({ kind: "tcp", host: "::1", port: 8_125 });
  const { notices } = resolveOptions({ statsd: {} }, { DD_DOGSTATSD_URL: "unix:///var/run/datadog/dsd.socket" });
  expect(notices.find(({ line }) => line.includes("DD_DOGSTATSD_URL"))?.line).toContain("dogstatsd_stream_socket");
});

test.each([
  "unix:///var/run/datadog/dsd.socket",
  "unixgram:///a",
  "http://a:8125",
  "udp://a:0",
  "udp://",
  "unixstream://a",
  "",
])("%s is an error at start that names what to use instead (R-M6, R-C3)", (url) => {
  expect(() => resolveOptions({ statsd: { url } })).toThrow(/Option "statsd.url" must be .*dogstatsd_stream_socket/);
});

test("entries that a server does not read are lost in two lines: when it begins, and how many at the end (R-M6)", async () => {
  const held: Socket[] = [];
  const server = createServer((socket) => held.push(socket.pause()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    for (const socket of held) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const telemetry = engine({ url: `tcp://127.0.0.1:${port}`, maxPacketBytes: 65_000, maxEntries: 10_000 });
  const counter = telemetry.meterProvider.getMeter("own").createCounter("orders");
  const lost = (): number => telemetry.status().statsd?.drops["queue-full"] ?? 0;
  for (let round = 0; round < 400 && lost() < 5_000; round++) {
    for (let i = 0; i < 900; i++) counter.add(1, { i: `${i} ${"x".repeat(60)}` });
    await telemetry.flush(1);
  }
  const inAll = lost();
  expect(inAll).toBeGreaterThanOrEqual(5_000);
  const said = (): string[] => lines.filter((line) => line.includes("GSM_DROPS"));
  expect(said()).toEqual([expect.stringMatching(/StatsD entries are being dropped \(queue-full\).*GSM_DROPS_BEGIN/)]);
  await telemetry.shutdown();
  expect(said()).toHaveLength(2);
  expect(Number(/; (\d+) were lost/.exec(said()[1] ?? "")?.[1])).toBeGreaterThanOrEqual(inAll);
});
