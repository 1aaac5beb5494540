import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { startOtlpReceiver } from "@gossamer/testing";
import { expect, inject, it } from "vitest";
import { lastLine, runNode } from "../package/consumers.ts";
import { installed } from "../setup/install-meanwhile.ts";

const { service: folder } = await installed(inject("nest11"));
const execute = promisify(execFile);
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript5/package.json")), "bin/tsc");

/** As Nest's own starter for version 11 compiles: CommonJS, decorators with types, libraries' types checked too. */
const starter = [
  "--module",
  "commonjs",
  "--moduleResolution",
  "node10",
  "--target",
  "es2023",
  "--lib",
  "es2023",
].concat(["--experimentalDecorators", "--emitDecoratorMetadata", "--strict", "--types", "node", "--esModuleInterop"]);

it("a CommonJS service on Nest 11 compiles, requires the package, and delivers (R-A3)", async () => {
  await execute(process.execPath, [compiler, ...starter, "service.ts"], { cwd: folder }).catch(
    ({ stdout }: { stdout: string }) => {
      throw new Error(stdout);
    },
  );
  const receiver = await startOtlpReceiver();
  try {
    const ended = await runNode(["service.js"], { cwd: folder, endpoint: receiver.url });
    const seen = lastLine(ended) as { status: number; body: { greeting: string; traceId: string } };
    expect(seen).toMatchObject({ status: 200, body: { greeting: "hello world" } });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
    expect(receiver.spans.map(({ name }) => name).toSorted()).toEqual(["GET /hello/:name", "greet"]);
    expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(new Set([seen.body.traceId]));
    const root = receiver.spans.find(({ name }) => name === "GET /hello/:name");
    expect(root?.attributes).toMatchObject({ "app.tier": "gold", "sampling.reason": "route-options" });
    expect(receiver.latestPoints("http.server.request.duration")).toHaveLength(1);
  } finally {
    await receiver.close();
  }
});
