import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isGroup, type AnyGroup, type AnyOption } from "../packages/core/dist/options/declare/option-entry.js";
import { optionRoot } from "../packages/core/dist/options/declare/option-table.js";
import { declaredInterfaces, type DeclaredInterface, type Doc } from "./declared-interfaces.ts";

/** One option: what its TSDoc promises, and what the option table does. */
export interface OptionDoc {
  /** Dotted, such as `queue.maxSpans`. */
  readonly name: string;
  readonly type: string;
  readonly doc: Doc;
  /** Undefined for a member of an option that is checked as one. */
  readonly entry: AnyOption | undefined;
}

/** Options that belong together: those at the top, those of a group, or the members of one option. */
export interface OptionSection {
  /** Dotted; empty for the options at the top. */
  readonly name: string;
  readonly doc: Doc;
  readonly options: readonly OptionDoc[];
}

const source = join(import.meta.dirname, "..", "packages", "core", "src", "options", "declare", "telemetry-options.ts");
const interfaces = declaredInterfaces(readFileSync(source, "utf8"));

/** Every option in the order of its declaration, section by section: the top first, then each group and object behind the section that has it. */
export const optionSections: readonly OptionSection[] = sectionsOf(interfaceOf("TelemetryOptions"), optionRoot, "");

/** Every option, groups flattened where they stand. */
export const optionDocs: readonly OptionDoc[] = flatten("");

/** What a group of the option table promises. */
export function groupDoc(name: string): Doc {
  const parent = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "";
  const declared = membersOf(parent).find((member) => member.name === name.slice(parent.length).replace(".", ""));
  if (declared === undefined) throw new Error(`There is no group "${name}".`);
  return declared.doc;
}

function sectionsOf(declared: DeclaredInterface, group: AnyGroup | undefined, name: string): OptionSection[] {
  const prefix = name === "" ? "" : `${name}.`;
  const options: OptionDoc[] = [];
  const below: OptionSection[] = [];
  for (const member of declared.members) {
    const entry = group?.options[member.name];
    if (group !== undefined && entry === undefined)
      throw new Error(`"${prefix}${member.name}" is not in the option table.`);
    const inner = innerInterface(member.type);
    if (entry !== undefined && isGroup(entry)) {
      below.push(...sectionsOf(interfaceOf(member.type), entry, prefix + member.name));
      continue;
    }
    options.push({ name: prefix + member.name, type: entry?.check.type ?? member.type, doc: member.doc, entry });
    if (inner !== undefined) below.push(...sectionsOf(inner, undefined, prefix + member.name));
  }
  return [{ name, doc: declared.doc, options }, ...below];
}

/** The interface of this file that a type names, beside other forms that the option takes. */
function innerInterface(type: string): DeclaredInterface | undefined {
  return type
    .split(" | ")
    .map((one) => interfaces.get(one.replace(/<.*>$/, "")))
    .find((one) => one !== undefined);
}

function interfaceOf(name: string): DeclaredInterface {
  const found = interfaces.get(name);
  if (found === undefined) throw new Error(`There is no interface ${name} in ${source}.`);
  return found;
}

function membersOf(dotted: string): DeclaredInterface["members"] {
  let { members } = interfaceOf("TelemetryOptions");
  for (const part of dotted.split(".").filter((one) => one !== "")) {
    const member = members.find(({ name }) => name === part);
    members = (member === undefined ? undefined : innerInterface(member.type))?.members ?? [];
  }
  return members;
}

function flatten(name: string): OptionDoc[] {
  const prefix = name === "" ? "" : `${name}.`;
  const section = optionSections.find((one) => one.name === name);
  return membersOf(name).flatMap((member) => {
    const option = section?.options.find((one) => one.name === prefix + member.name);
    return option === undefined ? flatten(prefix + member.name) : [option];
  });
}
