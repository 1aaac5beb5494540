import { fitBounds } from "./fit-bounds.ts";
import type { OptionValues } from "../declare/option-entry.ts";
import {
  defaultLoad,
  defaultMemory,
  defaultTrial,
  type LoadSettings,
  type MemorySettings,
  type TrialSettings,
  warnShare,
} from "../declare/overhead-table.ts";
import type { SettingsInput } from "./settings-input.ts";

export interface OverheadSettings extends Omit<
  OptionValues["overhead"],
  "enabled" | "red" | "load" | "memory" | "trial"
> {
  /** At least the target. */
  readonly red: number;
  readonly load: LoadSettings | false;
  /** Below what telemetry may hold at all. */
  readonly memory: MemorySettings | false;
  readonly trial: TrialSettings | false;
}

/** What acts by itself, and was asked for. */
function withoutEffect({ trial, optimize }: OptionValues["overhead"]): string[] {
  const { rules, ...switches } = optimize;
  const isOptimizing = rules.length > 0 || Object.values(switches).includes(true);
  return [...(trial === false ? [] : ["trial"]), ...(isOptimizing ? ["optimize"] : [])];
}

const usualRed = 0.05;
/** Of what telemetry may hold at most: above it nothing is ever held, so that nothing would ever be said. */
const criticalShare = 0.95;

/** Undefined where telemetry does not measure itself. Throws an `OptionError` where options in the code contradict each other. */
export function overheadSettings({
  values,
  origins,
  notices,
}: Pick<SettingsInput, "values" | "origins" | "notices">): OverheadSettings | undefined {
  const { enabled, red: given, ...same } = values.overhead;
  const [target, red] = fitBounds(
    {
      lower: { option: "overhead.target", value: same.target },
      upper: { option: "overhead.red", value: given ?? Math.max(usualRed, same.target) },
    },
    origins,
    notices,
  );
  if (!enabled) {
    for (const option of withoutEffect(values.overhead)) {
      const line = `overhead.${option} has no effect with overhead.enabled: false`;
      notices.push({ level: "warn", code: "GSM_OPTION_UNUSED", line });
    }
    return undefined;
  }
  // The checks answer objects with every member.
  const memory = same.memory === true ? defaultMemory : (same.memory as MemorySettings | false);
  const { maxMemoryBytes } = values;
  return {
    ...same,
    target,
    red,
    load: same.load === true ? defaultLoad : (same.load as LoadSettings | false),
    trial: same.trial === true ? defaultTrial : (same.trial as TrialSettings | false),
    memory: memory && {
      ...memory,
      warnBytes: Math.min(memory.warnBytes, warnShare * maxMemoryBytes),
      criticalBytes: Math.min(memory.criticalBytes, criticalShare * maxMemoryBytes),
    },
  };
}
