import type { GovernorChange, GovernorFacts, MemoryUsage } from "../model/governor/governor-facts.ts";
import type { GovernorStep } from "../model/governor/governor-steps.ts";
import type { LoadThresholds, OverheadThresholds } from "./causes.ts";

export interface GovernorSettings extends OverheadThresholds {
  readonly sampleEvery: number;
  readonly lookEveryMs: number;
  readonly actEveryMs: number;
  readonly factor: number;
  readonly minRatio: number;
  readonly floor: GovernorStep;
  readonly load: LoadThresholds | false;
  readonly memory: MemoryThresholds | false;
  readonly onChange: ((change: GovernorChange) => unknown) | undefined;
  readonly onExceeded: ((facts: GovernorFacts) => unknown) | undefined;
}

export interface MemoryThresholds {
  readonly warnBytes: number;
  readonly criticalBytes: number;
  readonly everyMs: number;
  readonly onWarning?: ((usage: MemoryUsage) => unknown) | undefined;
  readonly onCritical?: ((usage: MemoryUsage) => unknown) | undefined;
}
