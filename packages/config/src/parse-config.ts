import { isScalar, parseDocument, Scalar, visit } from "yaml";

/**
 * Reads a configuration file in YAML 1.2. Throws where it is none.
 *
 * References to variables are replaced in texts, by `substitute`. A plain text is what it looks like afterwards, a number say; one in quotes stays a text.
 * What a variable brings in never becomes a mapping or a list, and no name of a member is replaced.
 *
 * Source: OpenTelemetry specification, declarative configuration, YAML file format
 */
export function parseConfig(text: string, substitute: (text: string) => string): unknown {
  const document = parseDocument(text, { version: "1.2", schema: "core", merge: true, prettyErrors: false });
  const [error] = document.errors;
  const lineAt = (offset = 0): string => `line ${text.slice(0, offset).split("\n").length}`;
  if (error !== undefined) throw new Error(`${lineAt(error.pos[0])}: ${error.message}`);
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key)) return;
      const [offset] = (key as { readonly range?: readonly number[] }).range ?? [];
      throw new Error(`${lineAt(offset)}: a name that is no text`);
    },
    Scalar(key, node) {
      if (key === "key" || typeof node.value !== "string" || !node.value.includes("$")) return;
      const replaced = substitute(node.value);
      node.value = node.type === Scalar.PLAIN ? plainScalar(replaced) : replaced;
    },
  });
  return document.toJS({ maxAliasCount: 100 });
}

/** A plain scalar by the core schema of YAML 1.2. */
function plainScalar(text: string): unknown {
  const trimmed = text.trim();
  if (/^(?:null|Null|NULL|~|)$/.test(trimmed)) return null;
  if (/^(?:true|True|TRUE)$/.test(trimmed)) return true;
  if (/^(?:false|False|FALSE)$/.test(trimmed)) return false;
  if (/^[-+]?\d+$/.test(trimmed) || /^0o[0-7]+$/.test(trimmed) || /^0x[\da-fA-F]+$/.test(trimmed))
    return Number(trimmed);
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(trimmed)) return Number(trimmed);
  return text;
}
