import type { RulesView, SamplingDraft } from "../../../src/protocol.ts";

/** What is in force, as text to be changed. */
export function draftText({ current }: RulesView): string {
  const { sampleRatio, rules, keep } = current;
  const rest = JSON.stringify({ ...(sampleRatio === undefined ? {} : { sampleRatio }), keep }, null, 2);
  const list = rules.length === 0 ? "[]" : `[\n${rules.map((rule) => `    ${ruleText(rule)}`).join(",\n")}\n  ]`;
  return rest.replace(/\n\}$/, `,\n  "rules": ${list}\n}`);
}

/** A rule a line, as far as it fits: then a list of rules is read like one. */
function ruleText(rule: object): string {
  const line = oneLine(rule);
  return line.length <= maxLine ? line : JSON.stringify(rule, null, 2).replaceAll("\n", "\n    ");
}

const maxLine = 84;

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${oneLine(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Of a draft what differs from what is in force. */
export function differences(draft: SamplingDraft, { current }: RulesView): SamplingDraft {
  const isNew = (name: "sampleRatio" | "rules" | "keep"): boolean =>
    draft[name] !== undefined && oneLine(draft[name]) !== oneLine(current[name]);
  return Object.fromEntries(
    (["sampleRatio", "rules", "keep"] as const).filter(isNew).map((name) => [name, draft[name]]),
  );
}

/** The rules that a dry run tries: of a new default ratio it makes a last rule, as a dry run has rules alone. */
export function rulesToTry(draft: SamplingDraft, { current }: RulesView): NonNullable<SamplingDraft["rules"]> {
  const rules = draft.rules ?? current.rules;
  const { sampleRatio } = draft;
  if (sampleRatio === undefined || sampleRatio === current.sampleRatio || rules.some(takesAll)) return rules;
  return [...rules, { name: "default", match: "*", ratio: sampleRatio }];
}

function takesAll({ match, path, host, headers }: NonNullable<SamplingDraft["rules"]>[number]): boolean {
  return (match === undefined || match === "*") && path === undefined && host === undefined && headers === undefined;
}
