import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from "@gossamer/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { apiVersions, lastLine, runNode } from "./consumers.ts";

const { folders } = inject("consumers");

interface Versions {
  readonly api: string;
  readonly express: string;
  readonly core: string;
  readonly coreOfExpress: string;
  readonly apiOfCore: string;
  readonly apiOfExpress: string;
  readonly apiHere: string;
  readonly oneModuleForBoth: boolean;
  readonly requiredCoreIsImportedCore: boolean;
}

describe.each(apiVersions)("installed beside API %s", (version) => {
  const folder = folders[version];
  let receiver: OtlpReceiver;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
  });
  afterEach(() => receiver.close());

  it("has the versions it is meant to have, and one copy of each module", async () => {
    const found = lastLine(await runNode(["versions.mjs"], { cwd: folder })) as Versions;
    expect(found.api).toBe(version);
    expect(found.express).toBe("5.3.0");
    expect(found.core.startsWith(folder), `${found.core} must not be the workspace's`).toBe(true);
    expect(found.coreOfExpress).toBe(found.core);
    expect(found.apiOfCore).toBe(found.apiHere);
    expect(found.apiOfExpress).toBe(found.apiHere);
    expect(found.requiredCoreIsImportedCore).toBe(true);
    // The premise of the tests below: API 1.10 is one module for `import` and another for `require`.
    expect(found.oneModuleForBoth).toBe(version === "1.9.1");
  });

  it("a tracer that was imported before the engine existed delivers its spans (R-I6)", async () => {
    await deliver("early-import.mjs");
    expect(tree(receiver.spans)).toEqual(["early-import: imported", "early-import: imported child < imported"]);
  });

  it("a tracer that was required before the engine existed delivers its spans (R-I6)", async () => {
    await deliver("early-require.cjs");
    expect(tree(receiver.spans)).toEqual(["early-require: required", "early-require: required child < required"]);
  });

  it("libraries that import and libraries that require the API share one trace (R-I6)", async () => {
    await deliver("early-both.mjs");
    expect(tree(receiver.spans)).toEqual([
      "early-import: imported",
      "early-import: imported child of required < required",
      "early-require: required",
      "early-require: required child of imported < imported",
    ]);
  });

  async function deliver(program: string): Promise<void> {
    const ended = await runNode([program], { cwd: folder, endpoint: receiver.url });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
  }
});

/** `scope: name < parent's name`, sorted. A parent that did not arrive, or is of another trace, is a question mark. */
function tree(spans: readonly ReceivedSpan[]): string[] {
  return spans
    .map((span) => {
      const line = `${span.scope.name}: ${span.name}`;
      if (span.parentSpanId === "") return line;
      const parent = spans.find((other) => other.spanId === span.parentSpanId && other.traceId === span.traceId);
      return `${line} < ${parent?.name ?? "?"}`;
    })
    .toSorted();
}
