import { beforeAll, describe, expect, inject, it } from "vitest";
import { lastLine, runNode } from "../package/consumers.ts";
import { installed } from "../setup/install-meanwhile.ts";
import { sdkLines } from "./lines.ts";

interface RuledRun {
  readonly spans: readonly {
    readonly name: string;
    readonly path?: string;
    readonly rule?: string;
    readonly team?: string;
  }[];
  readonly faults: Readonly<Record<string, number>>;
}

const folders = await installed(inject("interop"));

describe.each(sdkLines)("our sampler in a NodeSDK with instrumentation-http, $name", (line) => {
  let run: RuledRun;
  const rulesOf = (path: string): (string | undefined)[] =>
    run.spans.filter((span) => span.path === path).map(({ rule }) => rule);

  beforeAll(async () => {
    const ended = await runNode(["ruled.cjs", JSON.stringify({ sdk: line.sdk })], { cwd: folders[line.folder]! });
    run = lastLine(ended) as RuledRun;
  });

  it("rules by path, by a captured header and by the user agent hold (R-A5, R-S4)", () => {
    expect(rulesOf("/users/1")).toEqual(["by path"]);
    expect(rulesOf("/orders/2")).toEqual(["by header"]);
    expect(rulesOf("/orders/3")).toEqual(["by agent"]);
    expect(run.faults).toEqual({});
  });

  it("a rule by route does not: the span starts before its route is known (R-A5, R-S4)", () => {
    expect(rulesOf("/orders/1")).toEqual([]);
  });

  it("a cap holds (R-A5, R-S4)", () => {
    const { length } = rulesOf("/search");
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(15);
  });

  it("our rules name its spans and put attributes on them; of a route with `trace: false` no span of ours is begun (R-I4, R-S5)", () => {
    const users = run.spans.find(({ path }) => path === "/users/1");
    expect(users).toMatchObject({ name: "GET user", team: "people" });
    expect(rulesOf("/secret/1")).toEqual(["by agent"]);
    expect(run.spans.filter(({ name }) => name === "ours")).toHaveLength(1);
  });
});
