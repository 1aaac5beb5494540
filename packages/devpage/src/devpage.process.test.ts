import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import type { PageState } from "./protocol.ts";
import { ask, json } from "./testing/page-client.ts";

const folder = join(import.meta.dirname, "..");
const run = promisify(execFile);
/** Of this process only where programs are, and what Node has compiled before. */
const { PATH, NODE_COMPILE_CACHE } = process.env;
const env = { PATH, NODE_COMPILE_CACHE };
const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

/** Starts a program in the package's folder, and answers what it says on standard error until there is an address. */
async function start(
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<{ said: () => string; url: string }> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...env, ...variables },
    stdio: ["pipe", "ignore", "pipe"],
  });
  ending.push(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/ at http\S+\n/);
  return { said: () => said, url: / at (http\S+)\n/.exec(said)?.[1] ?? "" };
}

interface Said {
  readonly early: number;
  readonly late: number;
  readonly heard: number;
  readonly total: number;
  readonly rings: PageState["snapshot"]["rings"];
}

test("50,000 requests with somebody looking on leave the heap as it was, and none is missed (R-D3)", async () => {
  const args = ["--expose-gc", "--no-warnings", join(folder, "fixtures/busy-page.mjs")];
  const { stdout } = await run(process.execPath, args, { cwd: folder, env });
  const { early, late, heard, total, rings } = JSON.parse(stdout) as Said;
  expect(total).toBe(50_000);
  expect(heard).toBeGreaterThan(10_000);
  expect(rings).toMatchObject({ requests: { count: 2_000 }, logs: { count: 5_000 }, clients: { count: 1 } });
  expect(rings.traces.count).toBeLessThanOrEqual(500);
  // What lives is garbage of the last moment, and code that was made quick meanwhile.
  expect(late - early).toBeLessThan(4 * 1024 * 1024);
}, 300_000);

test("a page that is looked at keeps no process alive that has nothing left to do (R-D3)", async () => {
  const program = [
    'import { createTelemetry } from "@gossamer/core";',
    'import { openDevPage } from "@gossamer/devpage";',
    "await openDevPage(createTelemetry({ exporter: 'none', shutdown: { signals: false } }));",
    "setTimeout(() => {}, 1_000);",
  ].join("\n");
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  ending.push(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/ at http\S+\n/);
  const stream = await fetch(`${/ at (http\S+)\n/.exec(said)?.[1] ?? ""}api/stream`);
  expect(stream.status).toBe(200);
  await expect.poll(() => child.exitCode, { timeout: 60_000 }).toBe(0);
  await stream.body?.cancel().catch(() => {});
}, 180_000);

test("node --import opens the page of a program that knows nothing of it, in one line (R-D3)", async () => {
  const { url, said } = await start(["--import", "@gossamer/devpage", "fixtures/plain-app.mjs"]);
  expect(said()).toBe(`gossamer: see plain at ${url}\n`);
  expect((await json<PageState>(`${url}api/state`)).service.name).toBe("plain");
  const other = await start(["fixtures/plain-app.mjs"], { NODE_OPTIONS: "--import=@gossamer/devpage" });
  expect(new URL(other.url).port).not.toBe(new URL(url).port);
});

test("a process has one page, whether the package is loaded by --import, by require or by both (R-D3)", async () => {
  const child = spawn(process.execPath, ["--import", "@gossamer/devpage", "fixtures/plain-app.cjs", "2"], {
    cwd: folder,
    env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  ending.push(() => child.kill("SIGKILL"));
  let [said, answered] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  child.stdout.setEncoding("utf8").on("data", (part: string) => (answered += part));
  await expect.poll(() => answered, { timeout: 30_000 }).toContain("\n");
  const urls = JSON.parse(answered) as string[];
  expect(urls).toEqual([urls[0], urls[0]]);
  expect(said).toBe(`gossamer: see plain at ${urls[0]}\n`);
});

test("an open page keeps no process alive, and a program that imports the package opens none (R-D3)", async () => {
  for (const args of [["--import", "@gossamer/devpage"], []]) {
    const child = spawn(process.execPath, [...args, "fixtures/plain-app.mjs"], {
      cwd: folder,
      env,
      stdio: ["pipe", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
    if (args.length > 0) await expect.poll(() => said, { timeout: 30_000 }).toContain(" at http");
    child.stdin.end();
    expect(await once(child, "exit")).toEqual([0, null]);
    if (args.length === 0) expect(said).toBe("");
  }
});

test.each([
  [false, "ends by itself"],
  [true, "stays where it is asked to"],
])(
  "a program that opens the page of what others send: keepAlive %s, it %s (R-D3)",
  async (keepAlive) => {
    const program = [
      'import { openOtlpPage } from "@gossamer/devpage";',
      `await openOtlpPage({ otlpPort: 0, port: 0, keepAlive: ${keepAlive} });`,
      "setTimeout(() => {}, 1_000);",
    ].join("\n");
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: folder,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    ending.push(() => child.kill("SIGKILL"));
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
    await expect.poll(() => said, { timeout: 30_000 }).toMatch(/ at http\S+\n/);
    const url = / at (http\S+)\n/.exec(said)?.[1] ?? "";
    const stream = await fetch(`${url}api/stream`);
    if (keepAlive) {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect((await ask(`${url}api/state`)).status).toBe(200);
    } else await expect.poll(() => child.exitCode, { timeout: 60_000 }).toBe(0);
    await stream.body?.cancel().catch(() => {});
  },
  60_000,
);

test("the command takes OTLP and shows it, and says what is wrong with what it was given (R-D3)", async () => {
  const { url, said } = await start(["dist/main.js", "--otlp", "0", "--port", "0"]);
  const [, otlp = ""] = /sent to (\S+) at/.exec(said()) ?? [];
  const headers = { "content-type": "application/json" };
  expect((await ask(`${otlp}/v1/traces`, { method: "POST", headers, body: "{}" })).status).toBe(200);
  expect(await json<PageState>(`${url}api/state`)).toMatchObject({ source: "otlp", otlpUrl: otlp, readOnly: true });
  for (const args of [[], ["--port", "0"], ["--otlp"], ["--otlp", "many"], ["--oltp", "1"]]) {
    const failed = run(process.execPath, ["dist/main.js", ...args], { cwd: folder });
    await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("Usage:") });
  }
});

test("in a cluster each worker has a page of its own, on the next port (R-D3)", async () => {
  const child = spawn(process.execPath, ["fixtures/cluster-pages.mjs"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  ending.push(() => child.kill("SIGKILL"));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (said += part));
  await expect.poll(() => said, { timeout: 30_000 }).toContain("\n");
  const places = JSON.parse(said) as { url: string; shown: string; otlpUrl: string }[];
  expect(new Set(places.flatMap((place) => Object.values(place))).size).toBe(6);
  for (const [i, name] of ["one", "two"].entries())
    expect((await json<PageState>(`${places[i]?.url}api/state`)).service.name).toBe(name);
}, 180_000);
