import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from "@gossamer/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { apiVersions, type Ended, lastLine, runNode } from "./consumers.ts";

const { folders, node22, node26 } = await installed(inject("consumers"));

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
    expect(found.oneModuleForBoth).toBe(version !== "1.10.0");
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

  it("the API is loaded by whoever asks for it, not by the start, and delivers then (R-I6)", async () => {
    const ended = await deliver("late-import.mjs");
    const { loadedByStart } = lastLine(ended) as { loadedByStart: readonly string[] };
    // Of API 1.10 the entry alone is looked at, to see whether anybody has it.
    expect(loadedByStart).toHaveLength(version === "1.10.0" ? 1 : 0);
    expect(tree(receiver.spans)).toEqual([
      "late-import: imported",
      "late-import: required < imported",
      "late-require: required first",
    ]);
  });

  it("an early tracer works a moment later where a loader stands between modules and their names (R-I6)", async () => {
    const loader = "data:text/javascript,import{register}from'node:module';register('data:text/javascript,')";
    await deliver("early-behind-loader.mjs", ["--import", loader]);
    expect(tree(receiver.spans)).toContain("early-behind-loader: imported");
  });

  it("on Node 22 both kinds of early tracers deliver (R-I6)", async () => {
    await deliver("early-both.mjs", [], node22);
    expect(receiver.spans).toHaveLength(4);
  });

  it.each([
    ["this Node", process.execPath],
    ["Node 22", node22],
    ["Node 26", node26],
  ])(
    "a service whose first module makes the engine, and whose later ones import the API, starts and delivers on %s (A1)",
    async (name, node) => {
      await deliver("first-of-modules.mjs", [], node);
      expect(tree(receiver.spans), name).toEqual([
        "first-of-modules: imported",
        "first-of-modules: required < imported",
        "library: taken at once",
      ]);
    },
  );

  async function deliver(program: string, flags: readonly string[] = [], node?: string): Promise<Ended> {
    const options = { cwd: folder, endpoint: receiver.url };
    const ended = await runNode([...flags, program], node === undefined ? options : { ...options, node });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
    return ended;
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
