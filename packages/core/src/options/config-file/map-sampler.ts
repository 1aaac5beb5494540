import type { SamplerDescription } from "../../model/sampling/sampler-description.ts";
import type { SamplingRule } from "../../model/sampling/sampling-rule.ts";
import type { SamplerVariables } from "../variables/sampler-variables.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigLayer, configVariable } from "./config-layer.ts";
import type { ConfigNode } from "./config-node.ts";

const alwaysOn: SamplerDescription = { kind: "always_on" };
const branches = [
  ["remote_parent_sampled", "remoteSampled"],
  ["remote_parent_not_sampled", "remoteNotSampled"],
  ["local_parent_sampled", "localSampled"],
  ["local_parent_not_sampled", "localNotSampled"],
] as const;

/**
 * The sampler of the file; without one all roots are sampled and callers followed, as the schema says. Undefined for one that is none of ours: then what
 * holds without a file decides, so that nobody is traced whole because of a name.
 */
export function mapSampler(node: ConfigNode | undefined, layer: ConfigLayer): SamplerVariables | undefined {
  if (node === undefined) return asVariables({ kind: "parent_based", root: alwaysOn });
  const description = readSampler(node, layer, true);
  return description === undefined ? undefined : asVariables(description);
}

/** What is one ratio is told as one. */
function asVariables(description: SamplerDescription): SamplerVariables {
  const parentBased = description.kind === "parent_based";
  const isPlain = !parentBased || Object.keys(description).length === 2;
  const root = parentBased ? description.root : description;
  if (root.kind === "remote") return { kind: "remote", parentBased };
  if (root.kind === "parent_based" || !isPlain) return { kind: "described", description };
  return { kind: root.kind, ratio: ratioOf(root), parentBased, ratioVariable: configVariable };
}

function ratioOf(sampler: SamplerDescription): number {
  return sampler.kind === "ratio" ? sampler.ratio : sampler.kind === "always_on" ? 1 : 0;
}

/** @param isRoot whether it decides for traces that begin here, so that it may be a remote one, or rules */
function readSampler(node: ConfigNode, layer: ConfigLayer, isRoot: boolean): SamplerDescription | undefined {
  const parent = node.node("parent_based");
  const ratio = node.node("trace_id_ratio_based") ?? node.node("probability/development");
  const remote = node.node("jaeger_remote/development");
  const composite = node.node("composite/development");
  let read: SamplerDescription | undefined;
  if (parent !== undefined) read = readParentBased(parent, layer, isRoot);
  else if (ratio !== undefined) read = readRatio(ratio);
  else if (node.has("always_on")) read = alwaysOn;
  else if (node.has("always_off")) read = { kind: "always_off" };
  else if (remote !== undefined && isRoot) read = readRemote(remote, layer);
  else if (composite !== undefined) read = readComposite(composite, layer, { isRoot, followsParents: false });
  node.end();
  return read;
}

function readParentBased(node: ConfigNode, layer: ConfigLayer, isRoot: boolean): SamplerDescription | undefined {
  const rootNode = node.node("root");
  const root = rootNode === undefined ? alwaysOn : readSampler(rootNode, layer, isRoot);
  const others: Record<string, SamplerDescription> = {};
  for (const [member, branch] of branches) {
    const given = node.node(member);
    const sampler = given === undefined ? undefined : readSampler(given, layer, false);
    // A branch that follows the parent is as good as none.
    const follows = member.endsWith("_not_sampled") ? "always_off" : "always_on";
    if (sampler === undefined || sampler.kind === follows) continue;
    if (root?.kind === "remote") node.note(node.at(member));
    else others[branch] = sampler;
  }
  node.end();
  return root && { kind: "parent_based", root, ...others };
}

function readRatio(node: ConfigNode): SamplerDescription {
  const ratio = node.number("ratio", 1) ?? 1;
  node.end();
  return { kind: "ratio", ratio };
}

function readRemote(node: ConfigNode, layer: ConfigLayer): SamplerDescription {
  const url = node.text("endpoint");
  if (url === undefined) throw new ConfigError(`${node.at("endpoint")} is missing`);
  const initial = node.node("initial_sampler");
  const sampler = initial === undefined ? undefined : readSampler(initial, layer, false);
  const isShare = sampler !== undefined && sampler.kind !== "parent_based" && sampler.kind !== "remote";
  const pollMs = node.number("interval");
  const options = {
    url: /^https?:\/\//i.test(url) ? url : `http://${url}`,
    ...(pollMs === undefined ? {} : { pollMs }),
    ...(isShare ? { initialRatio: ratioOf(sampler) } : {}),
  };
  node.end();
  layer.put("remoteSampling", options, node.place);
  return { kind: "remote" };
}

interface Standing {
  readonly isRoot: boolean;
  readonly followsParents: boolean;
}

function readComposite(node: ConfigNode, layer: ConfigLayer, standing: Standing): SamplerDescription | undefined {
  const parent = node.node("parent_threshold");
  const probability = node.node("probability");
  const rules = node.node("rule_based");
  let read: SamplerDescription | undefined;
  if (parent !== undefined) {
    const root = parent.node("root");
    const inner = root === undefined ? undefined : readComposite(root, layer, { ...standing, followsParents: true });
    parent.end();
    read = inner && { kind: "parent_based", root: inner };
  } else if (probability !== undefined) read = readRatio(probability);
  else if (node.has("always_on")) read = alwaysOn;
  else if (node.has("always_off")) read = { kind: "always_off" };
  else if (rules !== undefined && standing.isRoot) read = readRules(rules, layer, standing);
  node.end();
  return read;
}

/** The rules that ask for what a rule of ours can; the one without conditions is the default, and without it nothing else is sampled. */
function readRules(node: ConfigNode, layer: ConfigLayer, standing: Standing): SamplerDescription {
  const rules: SamplingRule[] = [];
  let otherwise: SamplerDescription = { kind: "always_off" };
  for (const rule of node.nodes("rules") ?? []) {
    const share = readShare(rule, layer);
    const isForRoots = readPlaces(rule);
    const conditions = readConditions(rule);
    rule.end();
    if (share === undefined || isForRoots === "never" || conditions === "unknown") {
      rule.note(rule.place);
    } else if (conditions === undefined) {
      otherwise = { kind: "ratio", ratio: share };
      break;
    } else {
      const decidesAlways = isForRoots === "all" && !standing.followsParents;
      for (const condition of conditions)
        rules.push({ ...condition, ratio: share, ...(decidesAlways ? { ignoreParent: true } : {}) });
    }
  }
  node.end();
  layer.put("rules", rules, node.at("rules"));
  return otherwise;
}

function readShare(rule: ConfigNode, layer: ConfigLayer): number | undefined {
  const sampler = rule.node("sampler");
  const read = sampler && readComposite(sampler, layer, { isRoot: false, followsParents: true });
  return read === undefined || read.kind === "parent_based" || read.kind === "remote" ? undefined : ratioOf(read);
}

/** For which requests a rule is, by kind and parent of their spans: all, those without a caller, or none of a server's. */
function readPlaces(rule: ConfigNode): "all" | "roots" | "never" {
  const kinds = rule.texts("span_kinds") ?? [];
  const parents = rule.texts("parent") ?? [];
  if (kinds.length > 0 && !kinds.includes("server")) return "never";
  if (parents.length === 0 || (parents.includes("none") && parents.includes("remote"))) return "all";
  return parents.includes("none") ? "roots" : "never";
}

type Condition = Pick<SamplingRule, "match" | "path" | "host" | "headers">;

/** How an attribute is a condition of ours. */
const attributes: Readonly<Record<string, (value: string) => Condition>> = {
  "http.route": (route) => ({ match: route }),
  "http.request.method": (method) => ({ match: `${method} *` }),
  "url.path": (path) => ({ path }),
  "server.address": (host) => ({ host }),
};

/** One condition for each value; undefined where the rule has none, and unknown where some is none of ours. */
function readConditions(rule: ConfigNode): readonly Condition[] | undefined | "unknown" {
  const values = rule.node("attribute_values");
  const patterns = rule.node("attribute_patterns");
  if (values !== undefined && patterns !== undefined) return "unknown";
  const node = values ?? patterns;
  if (node === undefined) return undefined;
  const condition = attributes[node.text("key") ?? ""];
  const listed = node.texts(values === undefined ? "included" : "values");
  const isExcluding = patterns !== undefined && (patterns.texts("excluded") ?? []).length > 0;
  node.end();
  const isOurs = listed?.every((value) => !value.includes("?") && (values === undefined || !value.includes("*")));
  return condition === undefined || isExcluding || isOurs !== true ? "unknown" : listed!.map(condition);
}
