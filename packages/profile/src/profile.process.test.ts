import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { OptionError } from "@gossamer/core";
import { Profile } from "pprof-format";
import { afterEach, beforeEach, expect, test } from "vitest";
import { profile, profileHandler, ProfileRefused, serveProfiles } from "./index.ts";
import { forgetProfiles } from "./profile.ts";

const calm = { overhead: () => undefined };
const lines: string[] = [];
const log = (line: string): void => void lines.push(line);
/** What `burnTheCpu` made last: never empty while it runs, since a profile of the heap shows only what is alive. */
const kept: unknown[] = [];
const keptAtMost = 100_000;
let made = 0;
let busy: NodeJS.Timeout;

/** What the profiles are to show. */
function burnTheCpu(): void {
  const until = performance.now() + 5;
  while (performance.now() < until) kept[made++ % keptAtMost] = { text: "x".repeat(100) + made };
}

beforeEach(() => {
  forgetProfiles();
  lines.length = 0;
  kept.length = 0;
  busy = setInterval(burnTheCpu, 20);
});

afterEach(() => {
  clearInterval(busy);
});

/** The names in a profile as pprof reads it. `test/services/pprof.test.ts` has Go's own program read one. */
function namesIn(bytes: Uint8Array): readonly string[] {
  return Profile.decode(gunzipSync(bytes)).stringTable.strings;
}

async function serve(server: Server): Promise<string> {
  if (!server.listening) await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a CPU profile names what runs, to pprof and to developer tools, and one line says who asked (R-O7)", async () => {
  const taken = await profile(calm, { kind: "cpu", seconds: 1, who: "Ada\nLovelace" }, { log });
  expect(namesIn(taken.pprof)).toEqual(expect.arrayContaining(["cpu", "nanoseconds", "burnTheCpu"]));
  expect(JSON.parse(taken.json)).toMatchObject({ nodes: expect.any(Array), timeDeltas: expect.any(Array) });
  expect(lines).toEqual(["gossamer: a cpu profile of 1 s is taken for Ada?Lovelace"]);
});

test("a heap profile names who allocates what stays (R-O7)", async () => {
  const taken = await profile(calm, { kind: "heap", seconds: 2 }, { log });
  expect(namesIn(taken.pprof)).toEqual(expect.arrayContaining(["space", "bytes", "burnTheCpu"]));
  expect(JSON.parse(taken.json)).toMatchObject({ head: { children: expect.any(Array) } });
});

test("there is one at a time, a minute apart, none for a busy process, and none of impossible length (R-O7)", async () => {
  let nowMs = 0;
  const surroundings = { log, now: () => nowMs };
  const refusal = (engine = calm): Promise<unknown> =>
    profile(engine, { kind: "cpu", seconds: 1 }, surroundings).then(
      () => "taken",
      (error: unknown) => (error instanceof ProfileRefused ? error.reason : error),
    );
  const first = refusal();
  expect(await refusal()).toBe("running");
  expect(await first).toBe("taken");
  nowMs = 59_999;
  expect(await refusal()).toBe("too-soon");
  nowMs = 60_001;
  for (const step of ["ratio", "roots", "metrics", "off"]) {
    expect(await refusal({ overhead: () => ({ step }) } as never)).toBe("busy");
  }
  for (const seconds of [0, 61, Number.NaN]) {
    await expect(profile(calm, { kind: "cpu", seconds }, surroundings)).rejects.toThrow(OptionError);
  }
  expect(await refusal({ overhead: () => ({ step: "children" }) } as never)).toBe("taken");
});

test("without authorize there is no handler, and whoever is not allowed gets nothing (R-O7)", async () => {
  expect(() => profileHandler(calm, {} as never)).toThrow(OptionError);
  expect(() => profileHandler(calm, undefined as never)).toThrow(OptionError);
  for (const authorize of [() => false, () => "", () => ({}) as never, () => Promise.reject(new Error("down"))]) {
    const server = createServer(profileHandler(calm, { authorize, log })).listen(0, "127.0.0.1");
    const origin = await serve(server);
    expect((await fetch(`${origin}/debug/pprof/profile?seconds=1`)).status).toBe(403);
    server.close();
  }
  expect(lines).toEqual([]);
});

test("ENABLE_PROFILING=true serves Go's paths to this machine, and to no page of a browser (R-O7)", async () => {
  expect(serveProfiles(calm, { variables: {} })).toBeUndefined();
  const server = serveProfiles(calm, { variables: { ENABLE_PROFILING: "true" }, port: 0, log });
  if (server === undefined) expect.fail("it serves");
  const origin = await serve(server);
  const url = `${origin}/debug/pprof/profile?seconds=1`;
  for (const headers of [
    { origin: "http://evil.example" },
    { "sec-fetch-site": "cross-site" },
    { "x-forwarded-for": "10.0.0.1" },
    { via: "1.1 proxy" },
  ]) {
    expect((await fetch(url, { headers })).status).toBe(403);
  }
  expect((await fetch(`${origin}/debug/pprof/cmdline`)).status).toBe(404);
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(namesIn(bytes)).toContain("burnTheCpu");
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
