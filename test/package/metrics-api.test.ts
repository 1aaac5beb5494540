import { startOtlpReceiver, type OtlpReceiver } from "@gossamer/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { apiVersions, lastLine, runNode } from "./consumers.ts";

const { folders } = await installed(inject("consumers"));

describe.each(apiVersions)("installed beside API %s", (version) => {
  let receiver: OtlpReceiver;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
  });
  afterEach(() => receiver.close());

  it("metrics of libraries that import and that require the API arrive, each under its scope; one taken too early counts nothing, and nobody can see it (R-M3)", async () => {
    const ended = await runNode(["metrics-api.mjs"], { cwd: folders[version], endpoint: receiver.url });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
    expect(lastLine(ended)).toEqual({ flushed: true, seen: false, drops: {} });
    const told = (name: string) =>
      receiver
        .latestPoints(name)
        .map(({ scope, attributes, value, count }) => [scope.name, scope.version, attributes, Number(value ?? count)])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    const both = (attributes: object, value: number) =>
      ["imported", "required"].map((scope) => [scope, "1.0.0", attributes, value]);
    expect(told("orders")).toEqual(both({ kind: "new" }, 5));
    expect(told("open")).toEqual(both({}, -1));
    expect(told("size")).toEqual(both({}, 1));
    expect(told("depth")).toEqual(both({}, 7));
    expect(told("level")).toEqual(both({}, 4));
    expect(told("jobs")).toEqual([["imported", "1.0.0", {}, 1]]);
    expect(told("early")).toEqual([]);
  });
});
