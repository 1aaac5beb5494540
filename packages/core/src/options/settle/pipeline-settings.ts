import { fitBounds } from "./fit-bounds.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import type { Settings } from "./settings.ts";
import type { SettingsInput } from "./settings-input.ts";

type PipelineSettings = Pick<Settings, "dynamicBatch" | "breaker">;

/** The parts of the pipeline whose settings differ from their options. Throws an `OptionError` where options in the code contradict each other. */
export function pipelineSettings(input: SettingsInput): PipelineSettings {
  const { values } = input;
  if (values.queue.overflow === "spill" && values.fallback !== "file" && values.fallback !== "ring") {
    throw new OptionError(
      "queue.overflow",
      `Option "queue.overflow" is "spill", which needs the option "fallback" to be "file" or "ring", got '${values.fallback}'.`,
      { code: "GSM_OPTION_CONFLICT", expectation: 'another one, or "fallback" to be "file" or "ring"' },
    );
  }
  return {
    dynamicBatch: values.dynamicBatch.enabled ? dynamicBatch(input) : undefined,
    breaker: values.breaker.enabled ? breaker(input) : undefined,
  };
}

function dynamicBatch({ values, origins, notices }: SettingsInput): PipelineSettings["dynamicBatch"] {
  const { enabled: _enabled, ...given } = values.dynamicBatch;
  const [minSpans, maxSpans] = fitBounds(
    {
      lower: { option: "dynamicBatch.minSpans", value: given.minSpans },
      upper: { option: "dynamicBatch.maxSpans", value: given.maxSpans },
    },
    origins,
    notices,
  );
  const [minDelayMs, maxDelayMs] = fitBounds(
    {
      lower: { option: "dynamicBatch.minDelayMs", value: given.minDelayMs },
      upper: { option: "dynamicBatch.maxDelayMs", value: given.maxDelayMs },
    },
    origins,
    notices,
  );
  return { ...given, minSpans, maxSpans, minDelayMs, maxDelayMs };
}

function breaker({ values, origins, notices }: SettingsInput): PipelineSettings["breaker"] {
  const { enabled: _enabled, ...given } = values.breaker;
  const [goodTrials, trials] = fitBounds(
    {
      lower: { option: "breaker.goodTrials", value: given.goodTrials },
      upper: { option: "breaker.trials", value: given.trials },
    },
    origins,
    notices,
  );
  return { ...given, goodTrials, trials };
}
