import { join } from "node:path";
import { startOtlpReceiver } from "@gossamer/testing";
import { describe, expect, inject, it } from "vitest";
import { nodeOf } from "../../scripts/node-line.ts";
import { runNode } from "../package/consumers.ts";
import { installed } from "../setup/install-meanwhile.ts";

const { jest: folder } = await installed(inject("nest11"));
// What TypeScript says of the app does not depend on the Node it runs on: ts-node checks it once.
const lines = [
  ["22", await nodeOf("22"), { TS_NODE_TRANSPILE_ONLY: "true" }],
  ["this", process.execPath, {}],
  ["26", await nodeOf("26"), { TS_NODE_TRANSPILE_ONLY: "true" }],
] as const;

/** As long as TypeScript takes on a busy machine. */
const timeoutMs = 170_000;

describe.each(lines)("Nest 11's own starter, on Node %s", { timeout: timeoutMs + 10_000 }, (_line, node, env) => {
  it("runs its tests with Jest as it comes, without a flag: those of telemetry, and those that never mention it (E1)", async () => {
    const jest = join(folder, "node_modules/jest/bin/jest.js");
    const ended = await runNode([jest, "--ci"], { cwd: folder, node, timeoutMs });
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/Tests: +5 passed, 5 total/);
    expect(ended.stderr).not.toMatch(/did not exit|open handle|failed to exit/i);
  });

  it("runs with ts-node, and delivers (E1)", async () => {
    const receiver = await startOtlpReceiver();
    try {
      const ended = await runNode(["-r", "ts-node/register", "src/main.ts"], {
        cwd: folder,
        node,
        endpoint: receiver.url,
        env,
        timeoutMs,
      });
      expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: "Hello world!\n" });
      expect(receiver.spans.map(({ name }) => name).toSorted()).toEqual(["GET /hello/:name", "greet"]);
    } finally {
      await receiver.close();
    }
  });
});
