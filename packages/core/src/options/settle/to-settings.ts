import type { Attributes } from "../../model/attributes.ts";
import { fitBounds, type Bound } from "./fit-bounds.ts";
import type { OptionValues } from "../declare/option-entry.ts";
import { OptionError, samplerConflict } from "../../model/checks/option-error.ts";
import { otlpSettings } from "./otlp-settings.ts";
import { overheadSettings } from "./overhead-settings.ts";
import { pipelineSettings } from "./pipeline-settings.ts";
import type { LimitSettings, SamplingSettings, Settings } from "./settings.ts";
import type { SettingsInput } from "./settings-input.ts";
import { statsdSettings } from "./statsd-settings.ts";
import { sourceVariable } from "../variables/source-variable.ts";

/** Brings merged options into the form the rooms read. Throws an `OptionError` where options in the code contradict each other. */
export function toSettings(input: SettingsInput): Settings {
  const { code, reading, environment, values, origins, context } = input;
  const sampling = samplingSettings(input);
  sayEnvironmentOrigin(input);
  sayHeadersWithoutEffect(input);
  // These are in the settings in another form.
  const { sampler: _sampler, sampleRatio: _sampleRatio, exporter: _exporter, ...same } = values;
  return {
    ...same,
    ...serviceNames(input),
    environment: environment.name,
    isProduction: environment.isProduction,
    resourceAttributes: { ...reading.resourceAttributes, ...code.resourceAttributes },
    sampling,
    keep: {
      ...values.keep,
      errors: share(values.keep.errors),
      aborted: share(values.keep.aborted),
      slow: share(values.keep.slow),
    },
    valveGiven: code.maxTracesPerSecond !== undefined,
    rules: values.rules as unknown as Settings["rules"],
    dryRun: values.dryRun as unknown as Settings["dryRun"],
    samplingFile: values.samplingFile as Settings["samplingFile"],
    remoteSampling: remoteSampling(input),
    statsd: statsdSettings(input),
    processMetrics: values.processMetrics as Settings["processMetrics"],
    rollout: values.rollout as Settings["rollout"],
    maxTracesPerSecond:
      sampling.chosen && origins["maxTracesPerSecond"]?.from === "default" ? undefined : values.maxTracesPerSecond,
    propagators: propagatorList(values.propagators),
    limits: limitSettings(input),
    ...boundedSettings(input),
    ...otlpSettings(input),
    ...pipelineSettings(input),
    overhead: overheadSettings(input),
    requestLine: lineChoice(values.requestLine),
    clock: values.clock ?? context.clock(),
    random: values.random ?? context.random,
  };
}

// The code's own attributes come before the variables', and in each the option or variable of that name alone comes first.
function serviceNames(input: SettingsInput): Pick<Settings, "serviceName" | "serviceVersion" | "serviceInstanceId"> {
  const { code, reading, origins } = input;
  const find = (
    option: "serviceName" | "serviceVersion" | "serviceInstanceId",
    attribute: string,
  ): string | undefined => {
    const inCode = code[option] ?? textAttribute(code.resourceAttributes, attribute);
    if (inCode !== undefined) {
      origins[option] = { from: "code" };
      return inCode;
    }
    const own = option === "serviceName" ? reading.serviceName : undefined;
    const inVariables = own ?? textAttribute(reading.resourceAttributes, attribute);
    if (inVariables !== undefined) {
      origins[option] = {
        from: "variable",
        variable: sourceVariable(reading, own === undefined ? "OTEL_RESOURCE_ATTRIBUTES" : "OTEL_SERVICE_NAME"),
      };
    }
    return inVariables;
  };
  return {
    serviceName: find("serviceName", "service.name"),
    serviceVersion: find("serviceVersion", "service.version"),
    serviceInstanceId: find("serviceInstanceId", "service.instance.id"),
  };
}

function sayEnvironmentOrigin({ environment: { source }, origins }: SettingsInput): void {
  if (source === undefined) return;
  const isCode = source === "option" || source === "resource attribute";
  origins["environment"] = isCode ? { from: "code" } : { from: "variable", variable: source };
}

function sayHeadersWithoutEffect({ values, origins, notices }: SettingsInput): void {
  if (values.attributeSet === "full") return;
  const { from, preset = "", variable = "" } = origins["attributeSet"] ?? { from: "default" };
  const chosenBy = from === "preset" ? `preset "${preset}"` : from === "variable" ? variable : "your option";
  for (const option of ["captureRequestHeaders", "captureResponseHeaders"] as const) {
    if (values[option].length === 0) continue;
    notices.push({
      level: "warn",
      code: "GSM_OPTION_UNUSED",
      line: `${option} has no effect with the attribute set "${values.attributeSet}" (${chosenBy}); set attributeSet to "full"`,
    });
  }
}

function textAttribute(attributes: Attributes | undefined, name: string): string | undefined {
  const value = attributes?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function samplingSettings(input: SettingsInput): SamplingSettings {
  const { code, reading, values, origins } = input;
  if (code.sampler !== undefined && code.sampleRatio !== undefined) {
    throw samplerConflict("sampleRatio", "sampler");
  }
  const ratio = values.sampleRatio;
  const initial = remoteSampling(input)?.initialRatio;
  if (code.sampler !== undefined && initial !== undefined) {
    throw samplerConflict("remoteSampling.initialRatio");
  }
  if (code.sampler !== undefined) {
    return { kind: "custom", ratio, parentBased: false, sampler: code.sampler, chosen: true };
  }
  if (initial !== undefined) {
    origins["sampleRatio"] = origins["remoteSampling"] ?? { from: "code" };
    return { kind: "ratio", ratio: initial, parentBased: followsParents(input), sampler: undefined, chosen: true };
  }
  const named = code.sampleRatio === undefined ? reading.sampler : undefined;
  if (named !== undefined && named.kind !== "remote") {
    origins["sampler"] = { from: "variable", variable: sourceVariable(reading, "OTEL_TRACES_SAMPLER") };
    if (named.kind === "described") {
      return { ...named, ratio, parentBased: false, sampler: undefined, chosen: true };
    }
    const { ratioVariable, ...chosen } = named;
    origins["sampleRatio"] = { from: "variable", variable: ratioVariable };
    return { ...chosen, sampler: undefined, chosen: true };
  }
  const from = origins["sampleRatio"]?.from;
  return {
    kind: "ratio",
    ratio,
    parentBased: followsParents(input),
    sampler: undefined,
    chosen: from !== "environment" && from !== "default",
  };
}

/** A remote sampler that a variable names without `parentbased_` decides itself, from the start. */
function followsParents({ code, reading }: SettingsInput): boolean {
  const isByVariable = code.sampleRatio === undefined && code.remoteSampling === undefined;
  return !(isByVariable && reading.sampler?.kind === "remote" && !reading.sampler.parentBased);
}

/** A sampler or ratio in the code takes the place of what a variable says, as of any sampler that it names. */
function remoteSampling({ code, values, origins }: SettingsInput): Settings["remoteSampling"] {
  const isOutdone = code.sampler !== undefined || code.sampleRatio !== undefined;
  if (isOutdone && origins["remoteSampling"]?.from === "variable") return undefined;
  return values.remoteSampling as Settings["remoteSampling"];
}

function share(value: number | boolean): number {
  return typeof value === "number" ? value : value ? 1 : 0;
}

function lineChoice(given: OptionValues["requestLine"]): Settings["requestLine"] {
  if (typeof given === "string") return given;
  return given ? "sampled" : "off";
}

function propagatorList(given: OptionValues["propagators"]): Settings["propagators"] {
  const propagators = [...new Set(given)];
  const named = propagators.filter((propagator) => propagator !== "none");
  if (named.length > 0 && named.length < propagators.length) {
    throw new OptionError("propagators", 'Option "propagators" has "none" together with others: it must stand alone.', {
      code: "GSM_OPTION_CONFLICT",
    });
  }
  return named;
}

function limitSettings({ values, origins, notices }: SettingsInput): LimitSettings {
  const { attributes, eventAttributes = attributes, linkAttributes = attributes } = values.limits;
  const limits = { ...values.limits, eventAttributes, linkAttributes };
  const marker = limits.truncateMarker;
  if (marker.length <= limits.valueLength) return limits;
  if (origins["limits.truncateMarker"]?.from === "code") {
    const length = { option: "limits.truncateMarker", value: marker.length };
    if (origins["limits.valueLength"]?.from === "code") {
      const expectation = `at most "limits.valueLength" (${limits.valueLength}) characters long`;
      throw new OptionError(length.option, `Option "${length.option}" must be ${expectation}, got ${length.value}.`, {
        code: "GSM_OPTION_CONFLICT",
        expectation,
      });
    }
    notices.push({
      level: "warn",
      code: "GSM_OPTION_MOVED",
      line: `${length.option} is cut to ${limits.valueLength} characters, to fit limits.valueLength`,
    });
  }
  return { ...limits, truncateMarker: marker.slice(0, limits.valueLength) };
}

type BoundedSettings = Pick<Settings, "queue" | "batch" | "logsLane" | "metricIntervalMs" | "metricTimeoutMs">;

function boundedSettings({ values, origins, notices }: SettingsInput): BoundedSettings {
  const { queue, batch, logsLane } = values;
  // Room for a second batch while the first is under way.
  const twice = (lower: number): number => lower * 2;
  const fit = (bound: Bound): [number, number] => fitBounds(bound, origins, notices);
  const [batchSpans, queueSpans] = fit({
    lower: { option: "batch.maxSpans", value: batch.maxSpans },
    upper: { option: "queue.maxSpans", value: queue.maxSpans },
    room: twice,
  });
  const [batchBytes, queueBytes] = fit({
    lower: { option: "batch.maxBytes", value: batch.maxBytes },
    upper: { option: "queue.maxBytes", value: queue.maxBytes },
    room: twice,
  });
  const [batchRecords, maxRecords] = fit({
    lower: { option: "logsLane.batchRecords", value: logsLane.batchRecords },
    upper: { option: "logsLane.maxRecords", value: logsLane.maxRecords },
    room: twice,
  });
  const [metricTimeoutMs, metricIntervalMs] = fit({
    lower: { option: "metricTimeoutMs", value: values.metricTimeoutMs },
    upper: { option: "metricIntervalMs", value: values.metricIntervalMs },
  });
  return {
    queue: { ...queue, maxSpans: queueSpans, maxBytes: queueBytes },
    batch: { maxSpans: batchSpans, maxBytes: batchBytes, delayMs: batch.delayMs },
    logsLane: { ...logsLane, maxRecords, batchRecords },
    metricTimeoutMs,
    metricIntervalMs,
  };
}
