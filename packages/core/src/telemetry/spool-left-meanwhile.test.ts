import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOtlpReceiver } from "@gossamer/testing";
import { afterEach, expect, test, vi } from "vitest";
import { FileSpool } from "../pipeline/fallback/file-spool.ts";
import { thisOwner } from "../pipeline/fallback/spool-owner.ts";
import { keepLines } from "../pipeline/testing/pipeline-kit.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await resetTelemetry();
  for (const close of closers.splice(0)) await close();
});

test("what a process leaves in the spool while this one runs is sent by this one within minutes (R-P8)", async () => {
  const directory = join(mkdtempSync(join(tmpdir(), "left-meanwhile-")), "spool");
  closers.push(() => rmSync(join(directory, ".."), { recursive: true, force: true }));
  const receiver = await startOtlpReceiver();
  closers.push(() => receiver.close());
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const telemetry = createTelemetry({
    otlp: { endpoint: receiver.url },
    fallback: "file",
    spool: { directory },
    shutdown: { signals: false },
    diagnostics: "none",
  });
  const other = new FileSpool({
    directory,
    maxBytes: 1_000_000,
    maxAgeMs: 60_000,
    owner: { ...thisOwner(), pid: 2 ** 22 + 1, birthOf: () => undefined },
    epochMs: Date.now,
    lost: () => {},
    diagnostics: keepLines(),
  });
  // A request with nothing in it is as good as any.
  expect(await other.put([new Uint8Array()], 3)).toBe("kept");
  // As after kill -9, for this test is of the same process.
  other.close();
  await vi.advanceTimersByTimeAsync(180_000);
  await expect.poll(() => telemetry.status().traceExport?.exported).toBe(3);
  expect(receiver.requests.filter(({ path }) => path === "/v1/traces")).toHaveLength(1);
});
