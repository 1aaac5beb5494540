import { isGroup, type AnyGroup, type OptionValues } from "../declare/option-entry.ts";
import { optionRoot } from "../declare/option-table.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";

/** Who chose an option's value. */
export interface Origin {
  readonly from: "code" | "variable" | "preset" | "environment" | "default";
  /** The variable's name, when it was one. */
  readonly variable?: string | undefined;
  /** The preset's name, when it was one. */
  readonly preset?: string | undefined;
}

/** Where each option's value came from, by its dotted name, such as `queue.maxSpans`. */
export type Origins = Readonly<Record<string, Origin>>;

/** Options from one place. */
export interface OptionLayer {
  readonly from: Exclude<Origin["from"], "default">;
  readonly options: TelemetryOptions;
  /** The variable of each option of this layer, by dotted name. */
  readonly variables?: ReadonlyMap<string, string>;
  /** The name of the preset that this layer is. */
  readonly preset?: string;
}

/** Takes each option from the first layer that has it, else from its default; the layers are checked already and are not changed. */
export function mergeLayers(layers: readonly OptionLayer[]): { values: OptionValues; origins: Record<string, Origin> } {
  const origins: Record<string, Origin> = {};
  const sources = layers.map((layer) => ({ layer, options: layer.options as Readonly<Record<string, unknown>> }));
  // The table's type is made from the same interface as that of the values, name by name.
  const values = mergeGroup(optionRoot, "", sources, origins) as unknown as OptionValues;
  return { values, origins };
}

interface Source {
  readonly layer: OptionLayer;
  readonly options: Readonly<Record<string, unknown>>;
}

function mergeGroup(
  group: AnyGroup,
  prefix: string,
  sources: readonly Source[],
  origins: Record<string, Origin>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(group.options)) {
    const dotted = prefix + name;
    if (isGroup(entry)) {
      const inner = sources.flatMap(({ layer, options }) => {
        const nested = options[name];
        return nested === undefined ? [] : [{ layer, options: nested as Readonly<Record<string, unknown>> }];
      });
      values[name] = mergeGroup(entry, `${dotted}.`, inner, origins);
      continue;
    }
    const source = sources.find(({ options }) => options[name] !== undefined);
    values[name] = source === undefined ? entry.default : source.options[name];
    origins[dotted] = source === undefined ? { from: "default" } : originOf(source.layer, dotted);
  }
  return values;
}

function originOf(layer: OptionLayer, dotted: string): Origin {
  const variable = layer.variables?.get(dotted);
  if (variable !== undefined) return { from: layer.from, variable };
  return layer.preset === undefined ? { from: layer.from } : { from: layer.from, preset: layer.preset };
}
