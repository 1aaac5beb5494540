import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { OptionError, resetTelemetry } from "@gossamer/core";
import { devPage as builtDevPage, openDevPage as openBuiltPage } from "@gossamer/devpage";
import express from "express";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { devPage, DevPageModule, openDevPage, openOtlpPage, type OpenPage, type PageState } from "./index.ts";
import { ask, json, post } from "./testing/page-client.ts";
import { type Shop, startShop } from "./testing/shop.ts";

const closing: (() => Promise<unknown>)[] = [];
const lines: string[] = [];
const log = (line: string): void => void lines.push(line);
let shop: Shop;

beforeEach(async () => {
  lines.length = 0;
  shop = await startShop();
  closing.push(() => shop.close());
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await resetTelemetry();
});

async function open(options = {}): Promise<OpenPage> {
  const page = await openDevPage(shop.engine, { port: 0, log, ...options });
  if (page === undefined) expect.fail(lines.join("\n"));
  closing.push(() => page.close());
  return page;
}

describe("a page that is open", () => {
  test("says where in one line, on this machine alone, and on the next port where one is taken (R-D3)", async () => {
    const first = await open();
    const { port, hostname } = new URL(first.url);
    expect(hostname).toBe("127.0.0.1");
    expect(lines).toEqual([`gossamer: see shop at ${first.url}`]);
    const second = await open({ port: Number(port) });
    expect(Number(new URL(second.url).port)).toBeGreaterThan(Number(port));
  });

  test("answers local names and no other: a site that resolves to this machine sees nothing (R-D3)", async () => {
    const { url } = await open();
    const port = new URL(url).port;
    const statuses = await Promise.all(
      [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `evil.example:${port}`, "evil.example"].map(
        async (host) => (await ask(`${url}api/state`, { headers: { host } })).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 200, 403, 403]);
  });

  test.each(["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"])(
    "refuses what a proxy says that it forwarded: %s (R-D3)",
    async (header) => {
      const { url } = await open();
      for (const path of ["", "app.js", "api/state", "api/stream"])
        expect((await ask(url + path, { headers: { [header]: "10.0.0.1" } })).status, path).toBe(403);
    },
  );

  test("is not read by pages of other sites in a browser, framed by none, and opened by a link from anywhere (R-D3)", async () => {
    const built = await openBuiltPage(shop.engine, { port: 0, log });
    if (built === undefined) expect.fail("it is open");
    closing.push(() => built.close());
    const from = async (path: string, headers: Record<string, string>, method = "GET"): Promise<number> =>
      (await ask(built.url + path, { headers, method })).status;
    for (const site of ["cross-site", "same-site"]) {
      expect(await from("api/state", { "sec-fetch-site": site, "sec-fetch-mode": "cors" })).toBe(403);
      expect(await from("api/stream", { "sec-fetch-site": site, "sec-fetch-mode": "no-cors" })).toBe(403);
      const link = { "sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
      for (const path of ["", "index.html", "?x=1"]) expect(await from(path, link), path).toBe(200);
      for (const path of ["api/state", "api/traces", "api/stream", "app.js", "nothing", "api/../api/state"])
        expect(await from(path, link), path).toBe(403);
      for (const dest of ["iframe", "frame", "object", "embed"])
        expect(await from("", { ...link, "sec-fetch-dest": dest }), dest).toBe(403);
      for (const method of ["POST", "HEAD", "PUT"]) expect(await from("", link, method), method).toBe(403);
      expect(await from("", { ...link, host: "evil.example" })).toBe(403);
      expect(await from("", { ...link, "x-forwarded-for": "10.0.0.1" })).toBe(403);
    }
    expect(await from("api/state", { "sec-fetch-site": "same-origin" })).toBe(200);
  });

  test.each([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "[::1]"],
    ["::1", "[::1]"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["localhost", /^(?:127\.0\.0\.1|\[::1\])$/],
  ])("that listens at %s says an address that answers, and who is refused (R-D3)", async (host, named) => {
    const { url } = await open({ host });
    expect(new URL(url).hostname).toMatch(named);
    expect(await json<PageState>(`${url}api/state`)).toMatchObject({ source: "engine" });
    const isAny = host === "0.0.0.0" || host === "::";
    const others = isAny ? ", from this machine alone: others are refused unless allow is given" : "";
    expect(lines).toEqual([`gossamer: see shop at ${url}${others}`]);
    expect((await ask(`${url}api/state`, { headers: { host: "0.0.0.0" } })).status).toBe(403);
  });

  test("that listens where nobody is let in says so, and not where allow decides (R-D3)", async () => {
    const { url } = await open({ host: "127.0.0.2" });
    expect((await ask(`${url}api/state`)).status).toBe(403);
    expect(lines).toEqual([`gossamer: see shop at ${url}, where everybody is refused: give allow, or host 127.0.0.1`]);
    const other = await open({ host: "127.0.0.2", allow: () => true });
    expect((await ask(`${other.url}api/state`)).status).toBe(200);
    expect(lines.at(-1)).toBe(`gossamer: see shop at ${other.url}`);
  });

  test("has a policy that lets nothing run but its own script, and nobody frame it (R-D3)", async () => {
    const { url } = await open();
    for (const path of ["", "api/state", "nothing"]) {
      expect((await ask(url + path)).headers, path).toMatchObject({
        "content-security-policy":
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
      });
    }
  });

  test("serves its three files with an ETag, and nothing beside them (R-D3)", async () => {
    const page = await openBuiltPage(shop.engine, { port: 0, log });
    if (page === undefined) expect.fail("it is open");
    closing.push(() => page.close());
    for (const [path, type] of [
      ["", "text/html; charset=utf-8"],
      ["app.js", "text/javascript; charset=utf-8"],
      ["app.css", "text/css; charset=utf-8"],
    ] as const) {
      const { status, headers, text } = await ask(page.url + path);
      expect([status, headers["content-type"], text.length > 0]).toEqual([200, type, true]);
      const again = await ask(page.url + path, { headers: { "if-none-match": headers.etag ?? "" } });
      expect([again.status, again.text]).toEqual([304, ""]);
    }
    for (const path of [
      "../index.js",
      "..%2f..%2fpackage.json",
      "app.js.map",
      "page/app.js",
      "__proto__",
      "constructor",
    ])
      expect((await ask(page.url + path)).status, path).toBe(404);
  });
});

test("a path is a path, with two slashes in front too: no host is read in it (R-D3)", async () => {
  const page = await openBuiltPage(shop.engine, { port: 0, log });
  if (page === undefined) expect.fail("it is open");
  closing.push(() => page.close());
  const handler = builtDevPage(shop.engine);
  const app = express();
  app.use("/__gossamer", handler);
  const server = createServer(app as unknown as RequestListener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const mounted = `http://127.0.0.1:${(server.address() as AddressInfo).port}/__gossamer/`;
  for (const url of [page.url, mounted]) {
    const statuses = await Promise.all(
      ["/", "//", "/evil.example", "/evil.example/api/state", "/[", "/api/state?x=//y", "/app.js"].map(
        async (path) => (await ask(url + path)).status,
      ),
    );
    expect(statuses, url).toEqual([200, 200, 404, 404, 404, 200, 200]);
  }
  expect((await ask(page.url, { path: `${page.url}api/state` })).status).toBe(200);
  expect((await ask(page.url, { path: "*" })).status).toBe(404);
});

test("a log function that throws rejects what opens the page, and leaves nothing open (R-D3)", async () => {
  const broken = (line: string): never => {
    lines.push(line);
    throw new Error("no log");
  };
  await expect(openDevPage(shop.engine, { port: 0, log: broken })).rejects.toThrow("no log");
  await expect(openOtlpPage({ otlpPort: 0, port: 0, log: broken })).rejects.toThrow("no log");
  const urls = lines.flatMap((line) => line.match(/http:\S+/g) ?? []);
  expect(urls).toHaveLength(3);
  for (const url of urls) await expect(ask(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

describe("a change", () => {
  test("is taken from the page itself alone: of the same origin, with its token, as JSON (R-D3)", async () => {
    const { url } = await open();
    const apply = async (more: Record<string, string>): Promise<number> =>
      (await post(url, "api/sampling", { sampleRatio: 0.5 }, more)).status;
    expect(await apply({ origin: "http://evil.example" })).toBe(403);
    expect(await apply({ origin: "null" })).toBe(403);
    expect(await apply({ origin: `http://localhost:${new URL(url).port}` })).toBe(403);
    expect(await apply({ "x-gossamer-token": "" })).toBe(403);
    expect(await apply({ "x-gossamer-token": "A".repeat(32) })).toBe(403);
    expect(await apply({ "content-type": "text/plain" })).toBe(415);
    expect(await apply({ "content-type": "application/x-www-form-urlencoded" })).toBe(415);
    expect(await apply({ "x-forwarded-for": "10.0.0.1" })).toBe(403);
    expect(shop.engine.sampling.current().sampleRatio).toBe(1);
    expect(await apply({ "content-type": "application/json; charset=utf-8" })).toBe(200);
    expect(shop.engine.sampling.current().sampleRatio).toBe(0.5);
  });

  test("of more than 64 KiB, of no object and by another method is refused, and nothing is changed (R-D3)", async () => {
    const { url } = await open();
    expect((await post(url, "api/sampling", { sampleRatio: 0.5, rules: "x".repeat(70_000) })).status).toBe(413);
    const chunked = { "transfer-encoding": "chunked" };
    const long = await post(url, "api/sampling", { rules: "x".repeat(1_000_000) }, chunked);
    expect(long).toEqual({ status: 413, body: { error: "A body must have at most 65536 bytes." } });
    expect((await post(url, "api/sampling", [])).status).toBe(400);
    expect((await ask(`${url}api/sampling`)).status).toBe(405);
    expect((await ask(`${url}api/state`, { method: "DELETE" })).status).toBe(405);
    expect((await ask(`${url}api/stream`, { method: "HEAD" })).status).toBe(405);
    expect(shop.engine.sampling.current().revision).toBe(0);
  });

  test("is not taken at all where the page is readOnly, which has no token either (R-D3)", async () => {
    const { url } = await open({ readOnly: true });
    expect(await json<PageState>(`${url}api/state`)).toMatchObject({ readOnly: true });
    expect((await json<PageState>(`${url}api/state`)).token).toBeUndefined();
    expect((await post(url, "api/sampling", { sampleRatio: 0.5 }, { "x-gossamer-token": "undefined" })).status).toBe(
      403,
    );
  });
});

describe("in production", () => {
  beforeEach(async () => {
    await shop.close();
    await resetTelemetry();
    shop = await startShop({ environment: "production" });
  });

  test.each([{}, { production: true }, { allow: () => true }])(
    "no page is opened unless it is asked for and said for whom: %o (R-D3)",
    async (options) => {
      expect(await openDevPage(shop.engine, { port: 0, log, ...options })).toBeUndefined();
      expect(lines).toEqual([
        "gossamer: no page is opened in production: give production: true, and allow for whom it is",
      ]);
    },
  );

  test("allow decides, and who throws or answers anything but true refuses (R-D3)", async () => {
    const answers: (() => unknown)[] = [
      () => true,
      () => false,
      () => "yes",
      () => Promise.resolve(true),
      () => {
        throw new Error("down");
      },
    ];
    const statuses: number[] = [];
    for (const allow of answers) {
      const { url } = await open({ production: true, allow: allow as () => boolean });
      statuses.push((await ask(`${url}api/state`, { headers: { host: "shop.example" } })).status);
    }
    expect(statuses).toEqual([200, 403, 403, 403, 403]);
  });

  test("mounted in an app there is nothing where it lies, which one line says (R-D3)", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    closing.push(async () => said.mockRestore());
    const handler = devPage(shop.engine);
    const server = createServer((request, response) => handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const path of ["", "app.js", "api/state"]) {
      const { status, headers } = await ask(url + path);
      expect([status, headers["content-security-policy"]]).toEqual([404, undefined]);
    }
    expect(said.mock.calls).toEqual([
      ["gossamer: no page is opened in production: give production: true, and allow for whom it is\n"],
    ]);
  });
});

test("wrong options are an error at start that names the option (R-D3)", async () => {
  await expect(openDevPage(shop.engine, { port: -1 })).rejects.toMatchObject({ option: "openDevPage.port" });
  await expect(openDevPage(shop.engine, { prot: 1 } as never)).rejects.toThrow('Unknown option "openDevPage.prot"');
  await expect(openDevPage(shop.engine, null as never)).rejects.toMatchObject({ option: "openDevPage" });
  expect(() => devPage(shop.engine, { allow: "loopback" } as never)).toThrow(OptionError);
  expect(() => devPage(shop.engine, { readOnly: "yes" } as never)).toThrow(OptionError);
  // A module without a name in its path would answer whatever the app is asked.
  for (const [options, option] of [
    [null, "DevPageModule.forRoot"],
    [{ path: 5 }, "DevPageModule.forRoot.path"],
    [{ path: "" }, "DevPageModule.forRoot.path"],
    [{ path: "/" }, "DevPageModule.forRoot.path"],
    [{ path: ":id" }, "DevPageModule.forRoot.path"],
    [{ pth: "a" }, "DevPageModule.forRoot.pth"],
    [{ telemetry: null }, "telemetry"],
  ] as const)
    expect(() => DevPageModule.forRoot(options as never)).toThrow(expect.objectContaining({ option }));
  expect(DevPageModule.forRoot({ path: "/ops/__gossamer/" }).module).toBeTypeOf("function");
});

test.each([
  ["middleware", () => {}, "got a function: middleware and plugins are made of telemetry, give that itself."],
  ["a promise", Promise.resolve(), "got a promise: await it."],
  ["null", null, "got null."],
  ["an object of somebody else", { tracer: {} }, "got an object without span and status."],
  ["a number", 7, "got 7."],
])("%s is no telemetry, and the error says what is wanted in its place (R-D3)", async (_what, given, words) => {
  const wanted = "takes what createTelemetry() gave, or the telemetry that an adapter exports";
  await expect(openDevPage(given as never, { port: 0, log })).rejects.toThrow(`openDevPage ${wanted}, ${words}`);
  expect(() => devPage(given as never)).toThrow(`devPage ${wanted}, ${words}`);
});
