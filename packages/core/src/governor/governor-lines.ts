import type { GovernorChange, GovernorFacts } from "../model/governor/governor-facts.ts";
import type { GovernorSettings } from "./governor-settings.ts";

/** A change in one line. */
export function changeLine({ from, to, cause, before }: GovernorChange, { target }: GovernorSettings): string {
  const { step, ratioFactor, maxRatio } = to;
  const cut = ratioFactor < 1 ? `, ratios × ${short(ratioFactor)}` : "";
  const cap = maxRatio < 1 ? `, at most ${short(maxRatio)}` : "";
  return `telemetry goes from step "${from.step}" to "${step}"${cut}${cap}: ${why(cause, before, target)}`;
}

/** That telemetry takes too much, and that it would help nobody to have less of it. */
export function idleLine({ share, gainable }: GovernorFacts, { target }: GovernorSettings): string {
  return `telemetry takes ${percent(share)} of the process's CPU (target ${percent(target)}); without traces it would take ${percent(share - gainable)}, so traces stay`;
}

/** What telemetry holds, and what is done about it. */
export function memoryLine(bytes: number, outcome: string): string {
  return `telemetry holds ${megabytes(bytes)} MB of memory${outcome}`;
}

function why(cause: GovernorChange["cause"], facts: GovernorFacts, target: number): string {
  const { share, cpu, memory, loop, throttled, bytes } = facts;
  switch (cause) {
    case "overhead":
      return `it takes ${percent(share)} of the process's CPU (target ${percent(target)})`;
    case "load":
      return `the process is busy (CPU ${percent(cpu)}, memory ${percent(memory)}, event loop ${percent(loop)})`;
    case "throttling":
      return `the container is throttled in ${percent(throttled)} of its CPU quota periods`;
    case "memory":
      return `it holds ${megabytes(bytes)} MB`;
    case "manual":
      return "it was set manually";
    case "calm":
      return "the cause is over";
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}

function percent(share: number | undefined): string {
  return share === undefined ? "unknown" : `${short(share * 100)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
