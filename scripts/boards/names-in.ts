/** What an expression of PromQL asks for, each once and sorted. */
export interface AskedNames {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

/** Words that are followed by labels in parentheses. */
const groupings = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const keywords = new Set(["and", "or", "unless", "offset", "bool", "by", "without", "on", "ignoring", "inf", "nan"]);

/** The metrics and labels in an expression. It knows the forms that boards and alerts are written in, not all of PromQL. */
export function namesIn(expression: string): AskedNames {
  const metrics = new Set<string>();
  const labels = new Set<string>();
  // Texts first, so that nothing in them is taken for a name. A metric that is asked for by a pattern of its name may have `_total` behind it.
  let rest = expression.replaceAll(/__name__=~"(\w+)\(_total\)\?",?/g, (_, name: string) => {
    metrics.add(name);
    return "";
  });
  rest = rest.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\[[^\]]*\]/g, "");
  rest = rest.replaceAll(/\{([^}]*)\}/g, (_, matchers: string) => {
    for (const [, label = ""] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) labels.add(label);
    return "";
  });
  rest = rest.replaceAll(groupings, (_, list: string) => {
    for (const label of list.split(",")) if (label.trim() !== "") labels.add(label.trim());
    return " ";
  });
  for (const [, name = ""] of rest.matchAll(/(?<![\w.$])([a-zA-Z_]\w*)(?!\w|\s*\()/g)) {
    if (!keywords.has(name)) metrics.add(name);
  }
  labels.delete("__name__");
  return { metrics: [...metrics].sort(), labels: [...labels].sort() };
}
