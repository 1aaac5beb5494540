import type { SamplerDescription } from "../../model/sampling/sampler-description.ts";
import { optionTable } from "../declare/option-table.ts";
import type { VariableReader } from "./variable-reader.ts";
import { withScheme } from "../validate/endpoint-check.ts";
import { decimal, pairs, wholeNumber } from "./variable-text.ts";

/** The sampler that `OTEL_TRACES_SAMPLER` names, with the ratio of `OTEL_TRACES_SAMPLER_ARG`; of a remote one the option `remoteSampling` has the rest. A configuration file describes others. */
export type SamplerVariables =
  | { readonly kind: "remote"; readonly parentBased: boolean }
  | { readonly kind: "described"; readonly description: SamplerDescription }
  | {
      readonly kind: SamplerKind;
      readonly ratio: number;
      readonly parentBased: boolean;
      /** The variable that says the ratio. */
      readonly ratioVariable: string;
    };

type SamplerKind = "ratio" | "always_on" | "always_off";

const samplerVariable = "OTEL_TRACES_SAMPLER";
const argumentVariable = "OTEL_TRACES_SAMPLER_ARG";

const kinds: ReadonlyMap<string, SamplerKind> = new Map([
  ["always_on", "always_on"],
  ["always_off", "always_off"],
  ["traceidratio", "ratio"],
]);

const expectation = '"always_on", "always_off", "traceidratio", "jaeger_remote", or one of them behind "parentbased_"';

/**
 * Reads both variables; without a ratio it is 1, as the specification says.
 *
 * A bad ratio voids the sampler as well: falling back to 1 would trace everything because of a typing mistake.
 */
export function readSamplerVariables(reader: VariableReader): SamplerVariables | undefined {
  const text = reader.text(samplerVariable);
  const hasArgument = reader.text(argumentVariable) !== undefined;
  if (text === undefined) {
    if (hasArgument) reader.unsupported(`${argumentVariable} has no effect without ${samplerVariable}; it is ignored`);
    return undefined;
  }
  const name = text.toLowerCase();
  const parentBased = name.startsWith("parentbased_");
  const sampler = parentBased ? name.slice("parentbased_".length) : name;
  if (sampler === "jaeger_remote") return readRemote(reader) ? { kind: "remote", parentBased } : undefined;
  const kind = kinds.get(sampler);
  if (kind === undefined) {
    reader.refuse(samplerVariable, expectation, text);
    return undefined;
  }
  if (kind !== "ratio")
    return { kind, ratio: kind === "always_on" ? 1 : 0, parentBased, ratioVariable: samplerVariable };
  const ratio = hasArgument ? reader.checked(argumentVariable, optionTable.sampleRatio.check, decimal) : 1;
  return ratio === undefined
    ? undefined
    : { kind, ratio, parentBased, ratioVariable: hasArgument ? argumentVariable : samplerVariable };
}

/** What its argument calls the members of the option, and how they are read. */
const remoteMembers: ReadonlyMap<string, readonly [member: string, parse: (text: string) => unknown]> = new Map([
  ["endpoint", ["url", (text: string) => withScheme(text, true)]],
  ["pollingintervalms", ["pollMs", wholeNumber]],
  ["initialsamplingrate", ["initialRatio", decimal]],
]);

/** Puts the option `remoteSampling`. A bad argument voids the sampler: another endpoint than the one that is meant would decide. */
function readRemote(reader: VariableReader): boolean {
  const text = reader.text(argumentVariable) ?? "";
  const given: Record<string, unknown> = {};
  for (const pair of pairs(text)) {
    const [member, parse] = remoteMembers.get(pair?.[0].toLowerCase() ?? "") ?? [];
    if (pair === undefined || member === undefined || parse === undefined) {
      reader.refuse(argumentVariable, remoteExpectation, text);
      return false;
    }
    given[member] = parse(pair[1]);
  }
  try {
    const variable = text === "" ? samplerVariable : argumentVariable;
    reader.put("remoteSampling", variable, optionTable.remoteSampling.check.validate(given, argumentVariable));
    return true;
  } catch {
    reader.refuse(argumentVariable, remoteExpectation, text);
    return false;
  }
}

const remoteExpectation =
  "endpoint=URL,pollingIntervalMs=NUMBER,initialSamplingRate=NUMBER, each where it is wanted, with an interval of at least 1000 and a rate from 0 to 1";
