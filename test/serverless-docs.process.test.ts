import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { startOtlpReceiver } from "@gossamer/testing";
import { expect, it } from "vitest";

const page = readFileSync(join(import.meta.dirname, "..", "docs", "serverless.md"), "utf8");

it("the function of docs/serverless.md has sent the record of its request when it returns (C3)", async () => {
  const [, code = ""] = /```js\n([^]*?)```/.exec(page) ?? [];
  // Beside what the example imports.
  const cache = join(import.meta.dirname, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "serverless-"));
  const receiver = await startOtlpReceiver();
  try {
    writeFileSync(join(folder, "function.mjs"), code);
    const event = { httpMethod: "GET", path: "/hello/ada", headers: {}, requestContext: {} };
    // What has not left when the handler returns never does.
    const invoke = `import { handler } from "./function.mjs";
      const { statusCode, body } = await handler(${JSON.stringify(event)}, {});
      process.stdout.write(JSON.stringify({ statusCode, body }), () => process.kill(process.pid, "SIGKILL"));`;
    writeFileSync(join(folder, "invoke.mjs"), invoke);
    const env = {
      PATH: process.env["PATH"],
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_TRACES_SAMPLER: "always_on",
    };
    const run = promisify(execFile)(process.execPath, ["invoke.mjs"], { cwd: folder, env, timeout: 120_000 });
    const { stdout } = await run.catch((killed: { stdout: string }) => killed);
    expect(JSON.parse(stdout)).toEqual({ statusCode: 200, body: '{"hello":"ada"}' });
    expect(receiver.spans.map(({ name }) => name)).toEqual(["GET /hello/:name"]);
    expect(receiver.latestPoints("http.server.request.duration")).toHaveLength(1);
  } finally {
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
