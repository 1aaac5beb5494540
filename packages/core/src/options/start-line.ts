import type { Environment } from "./declare/environment.ts";
import type { Origin } from "./settle/merge-layers.ts";
import { plainText } from "../model/checks/quote-value.ts";
import type { Settings } from "./settle/settings.ts";

/** One line for the start of the service: which share of requests is traced, who chose that, and how to change it. */
export function startLine(
  settings: Settings,
  environment: Environment,
  origins: Readonly<Record<string, Origin>>,
): string {
  if (!settings.enabled) return `telemetry is off (${originText(origins["enabled"], "enabled")})`;
  if (!settings.traces) return `tracing is off (${originText(origins["traces"], "traces")})`;
  return `${defaultLine(settings, environment, origins)}${rulesText(settings)}${remoteText(settings)}`;
}

function ratioOption({ remoteSampling }: Settings): string {
  return remoteSampling?.initialRatio === undefined ? "sampleRatio" : "remoteSampling.initialRatio";
}

function remoteText({ remoteSampling }: Settings): string {
  return remoteSampling === undefined ? "" : `, until ${remoteSampling.shownUrl} says what to sample`;
}

function rulesText({ rules }: Settings): string {
  if (rules.length === 0) return "";
  return rules.length === 1 ? "; 1 rule comes first" : `; ${rules.length} rules come first`;
}

function defaultLine(settings: Settings, environment: Environment, origins: Readonly<Record<string, Origin>>): string {
  const { sampling } = settings;
  if (sampling.kind === "custom") return 'sampling requests by a sampler of your own (option "sampler")';

  if (sampling.kind === "described")
    return `sampling requests by the sampler of ${originText(origins["sampler"], "sampler")}`;

  const share = `sampling ${percent(sampling.ratio)} of requests`;
  const ratio = origins["sampleRatio"];
  if (ratio?.from === "preset") return `${share} (preset "${ratio.preset ?? ""}"); set sampleRatio to change it`;
  if (ratio?.from === "code" || ratio?.from === "variable")
    return `${share} (${originText(ratio, ratioOption(settings))})`;

  const valve = settings.maxTracesPerSecond;
  const bound = valve === undefined || sampling.ratio < 1 ? "" : `, at most ${valve} traces per second`;
  return `${share}${bound} (${environmentText(environment)}); set ${environment.name === undefined ? "environment or " : ""}sampleRatio to change it`;
}

function environmentText({ name, known }: Environment): string {
  if (name === undefined) return "no environment is set, so development applies";
  return `environment "${plainText(name)}"${known ? "" : ", which is unknown, so production applies"}`;
}

function originText(origin: Origin | undefined, option: string): string {
  if (origin?.from === "variable") return origin.variable ?? "a variable";
  return `option "${option}"`;
}

/** Four significant digits at most: `0.5 %`, `12.34 %`. */
function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))} %`;
}
