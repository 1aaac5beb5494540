import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { createTelemetry, resetTelemetry, type TelemetryEngine } from "@gossamer/core";
import { telemetry } from "@gossamer/express";
import { context, propagation, SpanKind } from "@opentelemetry/api";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const parentId = "00f067aa0ba902b7";
const caller = `00-${traceId}-${parentId}-01`;

type Header = readonly [name: string, value: string];

/** One rule of the specification: what a caller sends, and what then goes on. */
interface Vector {
  /** Completes "of a request …". */
  readonly title: string;
  readonly headers: readonly Header[];
  /** Whether the caller's trace goes on; else there is a new one. */
  readonly goesOn: boolean;
  /** Members that go on, in their order; ours is not among them. @default none */
  readonly state?: readonly string[];
}

const parent = (value: string): readonly Header[] => [["traceparent", value]];
const state = (...values: readonly string[]): readonly Header[] => [
  ["traceparent", caller],
  ...values.map((value): Header => ["tracestate", value]),
];
const members = (count: number): string[] => Array.from({ length: count }, (_, i) => `k${i}=${i}`);
const everyKeyCharacter = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
/** From space to tilde, but for comma and equals; a value does not end in a space. */
const everyValueCharacter = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  .filter((character) => character !== "," && character !== "=")
  .join("");

/** https://www.w3.org/TR/trace-context-2/#traceparent-header */
const traceparents: readonly Vector[] = [
  { title: "without either header", headers: [], goesOn: false },
  { title: "with traceparent alone", headers: parent(caller), goesOn: true },
  { title: "with the same traceparent twice", headers: [...parent(caller), ...parent(caller)], goesOn: false },
  {
    title: "with two traceparents",
    headers: [...parent(caller), ...parent(`00-${traceId.replace("4", "5")}-${parentId}-01`)],
    goesOn: false,
  },
  { title: "with a header named trace-parent", headers: [["trace-parent", caller]], goesOn: false },
  { title: "with a header named trace.parent", headers: [["trace.parent", caller]], goesOn: false },
  { title: "with TraceParent", headers: [["TraceParent", caller]], goesOn: true },
  { title: "with TrAcEpArEnT", headers: [["TrAcEpArEnT", caller]], goesOn: true },
  { title: "with TRACEPARENT", headers: [["TRACEPARENT", caller]], goesOn: true },
  { title: "of version 00 that says more", headers: parent(`${caller}-more`), goesOn: false },
  { title: "of version 00 with a dot behind", headers: parent(`${caller}.`), goesOn: false },
  { title: "of version 00 with a dash behind", headers: parent(`${caller}-`), goesOn: false },
  { title: "of a version to come", headers: parent(caller.replace("00", "cc")), goesOn: true },
  {
    title: "of a version to come that says more",
    headers: parent(`${caller.replace("00", "cc")}-what-comes`),
    goesOn: true,
  },
  {
    title: "of a version to come that says more without a dash",
    headers: parent(`${caller.replace("00", "cc")}.what`),
    goesOn: false,
  },
  { title: "of version ff", headers: parent(caller.replace("00", "ff")), goesOn: false },
  { title: "of a version that is no number", headers: parent(caller.replace("00", ".0")), goesOn: false },
  { title: "of a version in capitals", headers: parent(caller.replace("00", "CC")), goesOn: false },
  { title: "of a version of three digits", headers: parent(`0${caller}`), goesOn: false },
  { title: "of a version of one digit", headers: parent(caller.slice(1)), goesOn: false },
  { title: "whose trace id is zero", headers: parent(caller.replace(traceId, "0".repeat(32))), goesOn: false },
  { title: "whose trace id is no number", headers: parent(caller.replace("4bf9", "4bf.")), goesOn: false },
  { title: "whose trace id is in capitals", headers: parent(caller.replace("4bf9", "4BF9")), goesOn: false },
  { title: "whose trace id is too long", headers: parent(caller.replace(traceId, `${traceId}0`)), goesOn: false },
  { title: "whose trace id is too short", headers: parent(caller.replace(traceId, traceId.slice(1))), goesOn: false },
  { title: "whose parent id is zero", headers: parent(caller.replace(parentId, "0".repeat(16))), goesOn: false },
  { title: "whose parent id is no number", headers: parent(caller.replace("00f0", "00f.")), goesOn: false },
  { title: "whose parent id is too long", headers: parent(caller.replace(parentId, `${parentId}0`)), goesOn: false },
  {
    title: "whose parent id is too short",
    headers: parent(caller.replace(parentId, parentId.slice(1))),
    goesOn: false,
  },
  { title: "whose flags are no number", headers: parent(caller.replace(/01$/, ".0")), goesOn: false },
  { title: "whose flags are too long", headers: parent(caller.replace(/01$/, "001")), goesOn: false },
  { title: "whose flags are too short", headers: parent(caller.replace(/01$/, "1")), goesOn: false },
  { title: "with space and tab around traceparent", headers: [["traceparent", ` \t ${caller}\t `]], goesOn: true },
];

/** https://www.w3.org/TR/trace-context-2/#tracestate-header */
const tracestates: readonly Vector[] = [
  { title: "with tracestate alone", headers: [["tracestate", "foo=1"]], goesOn: false },
  {
    title: "with tracestate beside a traceparent that is none",
    headers: [...parent(`${caller}.`), ["tracestate", "foo=1"]],
    goesOn: false,
  },
  { title: "with both headers", headers: state("foo=1,bar=2"), goesOn: true, state: ["foo=1", "bar=2"] },
  { title: "with a header named trace-state", headers: [...parent(caller), ["trace-state", "foo=1"]], goesOn: true },
  { title: "with a header named trace.state", headers: [...parent(caller), ["trace.state", "foo=1"]], goesOn: true },
  { title: "with TraceState", headers: [...parent(caller), ["TraceState", "foo=1"]], goesOn: true, state: ["foo=1"] },
  { title: "with TRACESTATE", headers: [...parent(caller), ["TRACESTATE", "foo=1"]], goesOn: true, state: ["foo=1"] },
  { title: "with an empty tracestate", headers: state(""), goesOn: true },
  { title: "with an empty tracestate and another", headers: state("foo=1", ""), goesOn: true, state: ["foo=1"] },
  {
    title: "with tracestate in several headers",
    headers: state("foo=1,bar=2", "rojo=3", "congo=4"),
    goesOn: true,
    state: ["foo=1", "bar=2", "rojo=3", "congo=4"],
  },
  {
    title: "with every character of keys and values",
    headers: state(`${everyKeyCharacter}=${everyValueCharacter}`),
    goesOn: true,
    state: [`${everyKeyCharacter}=${everyValueCharacter}`],
  },
  { title: "with a key that begins with a digit", headers: state("0a=1"), goesOn: true, state: ["0a=1"] },
  { title: "with the key of a tenant", headers: state("t61rcwkg@rojo=1"), goesOn: true, state: ["t61rcwkg@rojo=1"] },
  {
    title: "with space and tab around members",
    headers: state("foo=1 \t , \t bar=2, \t baz=3"),
    goesOn: true,
    state: ["foo=1", "bar=2", "baz=3"],
  },
  { title: "with a space in a key", headers: state("foo =1"), goesOn: true },
  { title: "with a capital in a key", headers: state("FOO=1"), goesOn: true },
  { title: "with a dot in a key", headers: state("foo.bar=1"), goesOn: true },
  { title: "with a key without a value", headers: state("foo"), goesOn: true },
  { title: "with an at sign in front of a key", headers: state("@foo=1,bar=2"), goesOn: true },
  {
    title: "with at signs in keys, which level 2 allows behind the first character",
    headers: state("foo@=1,foo@@bar=2,foo@bar@baz=3"),
    goesOn: true,
    state: ["foo@=1", "foo@@bar=2", "foo@bar@baz=3"],
  },
  { title: "with 32 members", headers: state(members(32).join(",")), goesOn: true, state: members(32) },
  { title: "with 33 members", headers: state(members(33).join(",")), goesOn: true },
  {
    title: "with a key of 256 characters",
    headers: state(`${"z".repeat(256)}=1`),
    goesOn: true,
    state: [`${"z".repeat(256)}=1`],
  },
  { title: "with a key of 257 characters", headers: state(`${"z".repeat(257)}=1`), goesOn: true },
  {
    title: "with a tenant of 241 and a system of 14 characters",
    headers: state(`${"t".repeat(241)}@${"v".repeat(14)}=1`),
    goesOn: true,
    state: [`${"t".repeat(241)}@${"v".repeat(14)}=1`],
  },
  {
    title: "with a value of 256 characters",
    headers: state(`foo=${"v".repeat(256)}`),
    goesOn: true,
    state: [`foo=${"v".repeat(256)}`],
  },
  { title: "with a value of 257 characters", headers: state(`foo=${"v".repeat(257)}`), goesOn: true },
  { title: "with an equals sign in a value", headers: state("foo=bar=baz"), goesOn: true },
  { title: "with a value that is empty", headers: state("foo=,bar=3"), goesOn: true },
];

interface Sent {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

interface Called {
  readonly version: string;
  readonly traceId: string;
  readonly parentId: string;
  readonly flags: string;
  readonly state: readonly string[];
}

function read({ traceparent, tracestate = "" }: Sent): Called {
  const [, version = "", id = "", spanId = "", flags = ""] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
  const given = tracestate === "" ? [] : tracestate.split(",");
  // Ours tells how the trace was sampled, for whoever counts.
  return { version, traceId: id, parentId: spanId, flags, state: given.filter((member) => !member.startsWith("ot=")) };
}

/** An outgoing call as an instrumented client makes it: within a span of its own. */
function callOut(engine: TelemetryEngine, url: string): Promise<string> {
  return engine.span("GET", { kind: SpanKind.CLIENT }, () => send(url));
}

function send(url: string): Promise<string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (response) => text(response).then(resolve, reject))
      .on("error", reject)
      .end();
  });
}

const port = (server: Server): number => (server.address() as AddressInfo).port;

describe.each([1, 0])("W3C trace context at a ratio of %d", (sampleRatio) => {
  const received: Sent[] = [];
  const upstream = createServer(({ headers }, response) => {
    received.push({ traceparent: String(headers.traceparent), tracestate: headers.tracestate as string | undefined });
    response.end();
  });
  const app = express();
  const service = createServer(app);

  beforeAll(async () => {
    const engine = createTelemetry({
      sampleRatio,
      exporter: "none",
      diagnostics: "none",
      shutdown: { signals: false },
    });
    app.use(telemetry(engine));
    app.get("/:calls", async ({ params }, response) => {
      for (let i = 0; i < Number(params.calls); i++) await callOut(engine, `http://127.0.0.1:${port(upstream)}/`);
      response.end();
    });
    for (const server of [upstream, service]) server.listen(0, "127.0.0.1");
    await Promise.all([upstream, service].map((server) => once(server, "listening")));
  });
  afterAll(async () => {
    upstream.close();
    service.close();
    await resetTelemetry();
  });

  /** Sends headers as they are written, and answers what the service's calls carried. */
  async function ask(headers: readonly Header[], calls = 1): Promise<readonly Called[]> {
    received.length = 0;
    const socket = connect(port(service), "127.0.0.1");
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    socket.write(`GET /${calls} HTTP/1.1\r\nhost: w3c\r\nconnection: close\r\n${lines}\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).toHaveLength(calls);
    return received.map(read);
  }

  function expectSound(called: Called): void {
    expect(called.version).toBe("00");
    expect(called.traceId).not.toMatch(/^0*$/);
    expect(called.parentId).not.toMatch(/^0*$/);
    expect(called.parentId).not.toBe(parentId);
  }

  it.each([...traceparents, ...tracestates])(
    "of a request $title (R-I1)",
    async ({ headers, goesOn, state: kept = [] }) => {
      const [called] = await ask(headers);
      expectSound(called!);
      expect(called?.traceId === traceId).toBe(goesOn);
      expect(called?.state).toEqual(kept);
      // A caller who samples is followed; a trace that begins here goes by the ratio.
      expect(Number.parseInt(called!.flags, 16) & 1).toBe(goesOn ? 1 : sampleRatio);
    },
  );

  it("of one key twice, the first stays (R-I1)", async () => {
    const [called] = await ask(state("foo=1,bar=2,foo=3"));
    expectSound(called!);
    expect(called?.traceId).toBe(traceId);
    expect(called?.state).toEqual(["foo=1", "bar=2"]);
  });

  it("more than the 512 characters that everybody is to carry go on (R-I1)", async () => {
    const long = Array.from({ length: 20 }, (_, i) => `key${i}=${"v".repeat(100)}`);
    const [called] = await ask(state(long.join(",")));
    expect(called?.state).toEqual(long);
  });

  it.each<[string, readonly Header[], boolean]>([
    ["in the trace of a caller who samples", parent(caller), true],
    ["in the trace of a caller who does not", parent(caller.replace(/01$/, "00")), true],
    ["without a caller", [], false],
    ["with a traceparent that is none", parent(`${caller}.`), false],
  ])(
    "three calls of one request are of one trace, and each has an id of its own, %s (R-I1, C17)",
    async (_, headers, goesOn) => {
      const calls = await ask(headers, 3);
      for (const called of calls) expectSound(called);
      expect(new Set(calls.map((called) => called.traceId)).size).toBe(1);
      expect(calls[0]?.traceId === traceId).toBe(goesOn);
      expect(new Set(calls.map((called) => called.parentId)).size).toBe(3);
    },
  );

  it("two requests without a caller are two traces (R-I1)", async () => {
    const [first] = await ask([]);
    const [second] = await ask([]);
    expect(first?.traceId).not.toBe(second?.traceId);
  });
});
