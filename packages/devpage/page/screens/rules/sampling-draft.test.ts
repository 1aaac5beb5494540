import { describe, expect, it } from "vitest";
import type { RulesView, SamplingDraft } from "../../../src/protocol.ts";
import { differences, draftText, rulesToTry } from "./sampling-draft.ts";

const keep = { errors: 1, aborted: 1, slowerThanMs: 1_000, slow: 1, trace: false, maxPerSecond: 100 };
const view = (sampleRatio: number | undefined, rules: RulesView["current"]["rules"]): RulesView =>
  ({ undoable: 0, current: { sampleRatio, rules, keep } }) as unknown as RulesView;

describe("a draft of the sampling", () => {
  it("is JSON of what is in force, with a rule a line, and differs in nothing (R-D3)", () => {
    const inForce = view(0.1, [
      { match: "GET /a", ratio: 1, headers: { "x-debug": true } },
      { path: "/wp-*", keep: false },
    ]);
    const text = draftText(inForce);
    expect(text).toContain('\n    { "match": "GET /a", "ratio": 1, "headers": { "x-debug": true } },\n');
    expect(JSON.parse(text)).toEqual({ sampleRatio: 0.1, keep, rules: inForce.current.rules });
    expect(differences(JSON.parse(text) as SamplingDraft, inForce)).toEqual({});
    expect(JSON.parse(draftText(view(undefined, [])))).toEqual({ keep, rules: [] });
  });

  it("sends what was changed alone (R-D3)", () => {
    expect(differences({ sampleRatio: 0.2, rules: [], keep }, view(0.1, []))).toEqual({ sampleRatio: 0.2 });
  });

  it("tries a new default ratio as a last rule, unless one takes all requests already (R-D3)", () => {
    const inForce = view(0.1, []);
    expect(rulesToTry({ sampleRatio: 0.2, rules: [{ match: "/a" }] }, inForce)).toEqual([
      { match: "/a" },
      { name: "default", match: "*", ratio: 0.2 },
    ]);
    expect(rulesToTry({ sampleRatio: 0.2, rules: [{ match: "*", ratio: 1 }] }, inForce)).toHaveLength(1);
    expect(rulesToTry({ sampleRatio: 0.1, rules: [] }, inForce)).toEqual([]);
  });
});
