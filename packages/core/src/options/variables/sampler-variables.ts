import { optionTable } from "../declare/option-table.ts";
import type { VariableReader } from "./variable-reader.ts";
import { decimal } from "./variable-text.ts";

/** The sampler that `OTEL_TRACES_SAMPLER` names, with the ratio of `OTEL_TRACES_SAMPLER_ARG`. */
export interface SamplerVariables {
  readonly kind: "ratio" | "always_on" | "always_off";
  readonly ratio: number;
  readonly parentBased: boolean;
  /** The variable that says the ratio. */
  readonly ratioVariable: string;
}

const samplerVariable = "OTEL_TRACES_SAMPLER";
const argumentVariable = "OTEL_TRACES_SAMPLER_ARG";

const kinds: ReadonlyMap<string, SamplerVariables["kind"]> = new Map([
  ["always_on", "always_on"],
  ["always_off", "always_off"],
  ["traceidratio", "ratio"],
]);

const expectation = '"always_on", "always_off", "traceidratio", or one of them behind "parentbased_"';

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
  if (sampler === "jaeger_remote") {
    reader.unsupported(`${samplerVariable}: "${name}" is not supported; it is ignored`);
    return undefined;
  }
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
