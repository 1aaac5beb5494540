import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/collector.md"), "utf8");

interface Policy {
  readonly name: string;
  readonly type: string;
  readonly composite?: {
    readonly max_total_spans_per_second: number;
    readonly policy_order: readonly string[];
    readonly composite_sub_policy: readonly Policy[];
    readonly rate_allocation: readonly { readonly policy: string; readonly percent: number }[];
  };
}

interface CollectorFile {
  readonly processors: {
    readonly tail_sampling?: {
      readonly decision_wait: string;
      readonly num_traces: number;
      readonly decision_cache: { readonly sampled_cache_size: number; readonly non_sampled_cache_size: number };
      readonly policies: readonly Policy[];
    };
  };
  readonly service: { readonly pipelines: Readonly<Record<string, { readonly processors: readonly string[] }>> };
}

function file(name: string): CollectorFile {
  return parse(readFileSync(join(root, "deploy/collector", name), "utf8")) as CollectorFile;
}

function tailOf(name: string): NonNullable<CollectorFile["processors"]["tail_sampling"]> {
  const { tail_sampling } = file(name).processors;
  if (tail_sampling === undefined) throw new Error(`${name} has no tail_sampling.`);
  return tail_sampling;
}

const small = tailOf("gateway-small.yaml").policies[0]?.composite;
const bigPolicies = tailOf("gateway.yaml").policies;
const policiesInDocs = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);

it("the page on collectors tells every policy of both gateways, in their order (R-D6)", () => {
  expect(bigPolicies.map(({ name }) => name)).toEqual(policiesInDocs);
  expect(small?.policy_order).toEqual(policiesInDocs);
  expect(small?.composite_sub_policy.map(({ name }) => name)).toEqual(policiesInDocs);
});

it("both gateways know by the same signs what a service kept or left of more (R-D1)", () => {
  const signs = (policies: readonly Policy[] = []): Policy[] =>
    policies.filter(({ name }) => name.endsWith("-service"));
  expect(signs(small?.composite_sub_policy)).toEqual(signs(bigPolicies));
});

it("the shares of the small gateway are those on the page, and make up the whole (R-D6)", () => {
  const total = small?.max_total_spans_per_second ?? 0;
  const shares = (small?.rate_allocation ?? []).map(
    ({ policy, percent }) => [policy, (total * percent) / 100] as const,
  );
  for (const [policy, share] of shares) {
    const [row = ""] = page.match(new RegExp(`^\\| \`${policy}\` .*$`, "m")) ?? [];
    expect(row).toMatch(new RegExp(`, ${share} \\|$`));
  }
  expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBe(total);
});

it.each(["gateway.yaml", "gateway-small.yaml"])("%s remembers decisions for longer than traces (R-D1)", (name) => {
  const { num_traces, decision_cache } = tailOf(name);
  expect(decision_cache.sampled_cache_size).toBeGreaterThanOrEqual(2 * num_traces);
  expect(decision_cache.non_sampled_cache_size).toBeGreaterThanOrEqual(2 * num_traces);
});

it.each(["agent.yaml", "gateway.yaml", "gateway-small.yaml", "head.yaml"])(
  "each pipeline of %s begins with what guards its memory (R-D1)",
  (name) => {
    const pipelines = Object.values(file(name).service.pipelines);
    expect(pipelines.map(({ processors }) => processors[0])).toEqual(pipelines.map(() => "memory_limiter"));
  },
);

it("what may be lost by a kill is what the files wait for a decision, and the second of its clock (R-D6)", () => {
  const seconds = ["gateway.yaml", "gateway-small.yaml"].map((name) => Number.parseInt(tailOf(name).decision_wait) + 1);
  expect(page).toContain(`${seconds[0]} s, small gateway ${seconds[1]} s`);
});
