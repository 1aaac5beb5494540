import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { startOtlpReceiver } from "@gossamer/testing";
import { expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { runNode } from "./consumers.ts";

const { folders } = await installed(inject("consumers"));
const folder = folders["1.10.0"];
const readme = join(import.meta.dirname, "..", "..", "README.md");

it("the README's quick start, pasted into a new Express app, delivers spans and metrics (R-A1)", async () => {
  const receiver = await startOtlpReceiver();
  try {
    const port = await freePort();
    const program = paste(quickStart(), port);
    const answered: number[] = [];
    let asking: Promise<void> | undefined;
    const stop = new AbortController();
    const running = runNode([program.file], {
      cwd: program.folder,
      endpoint: receiver.url,
      env: { PORT: String(port) },
      timeoutMs: 40_000,
      onStart: (end) => {
        asking = ask(`http://127.0.0.1:${port}${program.path}`, 5, stop.signal)
          .then((statuses) => answered.push(...statuses))
          .then(() => end("SIGTERM"));
      },
    });
    const ended = await running;
    stop.abort();
    await asking?.catch(() => undefined);
    expect(answered, `${ended.stdout}\n${ended.stderr}`).toHaveLength(5);
    expect(ended.signal ?? ended.code, ended.stderr).toBeOneOf([0, "SIGTERM"]);
    const own = receiver.spans.filter((span) => span.attributes["http.route"] === program.route);
    expect(own.map((span) => span.name)).toEqual(Array.from({ length: 5 }, () => `GET ${program.route}`));
    const points = receiver.latestPoints("http.server.request.duration");
    const counted = points.filter((point) => point.attributes["http.route"] === program.route);
    expect(counted.reduce((sum, point) => sum + Number(point.count), 0)).toBe(5);
  } finally {
    await receiver.close();
  }
});

/** The first fenced block after the marker `<!-- quick-start -->`. */
function quickStart(): string {
  const text = existsSync(readme) ? readFileSync(readme, "utf8") : "";
  const block = /<!--\s*quick-start\s*-->\s*```(?:js|mjs|javascript|ts|typescript)[^\n]*\n([\s\S]*?)\n```/.exec(
    text,
  )?.[1];
  if (block === undefined)
    throw new Error("README.md has no `<!-- quick-start -->` in front of a block of JavaScript.");
  return block;
}

/** Writes the block as it stands into a new app; only a port that is written out is changed, because it may be taken. */
function paste(code: string, port: number): { folder: string; file: string; path: string; route: string } {
  const route = /\.get\(\s*["'`](\/[^"'`]*)["'`]/.exec(code)?.[1];
  if (route === undefined) throw new Error("The quick start has no `app.get(…)` to ask.");
  const app = join(folder, "quick-start");
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "quick-start", private: true, type: "module" }));
  writeFileSync(join(app, "app.ts"), code.replaceAll(/\.listen\(\s*\d+/g, `.listen(${port}`));
  return { folder: app, file: "app.ts", path: route.replaceAll(/:\w+/g, "1"), route };
}

/** Asks until the app listens, then `times` times in all. */
async function ask(url: string, times: number, signal: AbortSignal): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < times && !signal.aborted) {
    try {
      const response = await fetch(url, { signal });
      await response.arrayBuffer();
      statuses.push(response.status);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return statuses;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
