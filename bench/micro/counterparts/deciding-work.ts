import { ROOT_CONTEXT, SpanKind, trace, TraceFlags, type Attributes, type Link } from "@opentelemetry/api";
import type { SamplingFacts } from "@gossamer/core";
import type { RunningSubject } from "../../harness/subject.ts";
import { seededRandom } from "../../statistics/bootstrap.ts";
import type { Side } from "./pieces.ts";

type Decided = "ratio" | "parent" | "always";
type MovableFacts = { -readonly [Name in keyof SamplingFacts]: SamplingFacts[Name] };

const share = 0.1;
/** The same for both, each in its own form: 32 hex digits there, R's upper and lower part here. */
const random = seededRandom(7);
const traceIds: readonly string[] = Array.from({ length: 1024 }, () =>
  Array.from({ length: 32 }, () => Math.trunc(random() * 16).toString(16)).join(""),
);
/** How far a ratio may be off in a slice before it is not that ratio. */
const tolerance = 0.05;

/** A sampler asked for one root or child after the other. It must sample the share it says. */
export async function decidingWork(decided: Decided, side: Side): Promise<RunningSubject> {
  const ask = side === "Gossamer" ? await ours(decided) : await theirs(decided);
  const expected = decided === "ratio" ? share : 1;
  let asked = 0;
  let sampled = 0;
  return {
    async run(times) {
      for (let i = 0; i < times; i++) if (ask(i & 1023)) sampled++;
      asked += times;
    },
    counted: () => (Math.abs(sampled / asked - expected) <= tolerance ? asked : undefined),
  };
}

async function ours(decided: Decided): Promise<(i: number) => boolean> {
  const { alwaysOn, parentBased, ratio } = await import("@gossamer/core/samplers");
  const root = ratio(share);
  const sampler = decided === "ratio" ? root : decided === "parent" ? parentBased({ root }) : alwaysOn();
  const highs = traceIds.map((id) => Number.parseInt(id.slice(18, 24), 16));
  const lows = traceIds.map((id) => Number.parseInt(id.slice(24), 16) | 0);
  const facts: MovableFacts = {
    randomHigh: 0,
    randomLow: 0,
    startMs: 0,
    parent: decided === "parent" ? { sampled: true, remote: true } : undefined,
    route: undefined,
    method: "GET",
    kind: SpanKind.SERVER,
    name: "GET",
    header: () => undefined,
    attribute: () => undefined,
  };
  return (i) => {
    facts.randomHigh = highs[i]!;
    facts.randomLow = lows[i]!;
    return sampler.decide(facts).sampled;
  };
}

async function theirs(decided: Decided): Promise<(i: number) => boolean> {
  const sdk = await import("@opentelemetry/sdk-trace");
  const root = new sdk.TraceIdRatioBasedSampler(share);
  const sampler =
    decided === "ratio"
      ? root
      : decided === "parent"
        ? new sdk.ParentBasedSampler({ root })
        : new sdk.AlwaysOnSampler();
  const yes = sdk.SamplingDecision.RECORD_AND_SAMPLED;
  const parent = { traceId: traceIds[0]!, spanId: "b7ad6b7169203331", traceFlags: TraceFlags.SAMPLED, isRemote: true };
  const context = decided === "parent" ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
  const attributes: Attributes = {};
  const links: Link[] = [];
  // The samplers say with fewer parameters that they need fewer.
  const asked = sampler as import("@opentelemetry/sdk-trace").Sampler;
  return (i) => asked.shouldSample(context, traceIds[i]!, "GET", SpanKind.SERVER, attributes, links).decision === yes;
}
