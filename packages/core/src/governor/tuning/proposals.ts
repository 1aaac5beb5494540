import type { Proposal, Tuning, WindowFigures } from "../../model/governor/optimizer-facts.ts";

const figures: Readonly<Record<keyof WindowFigures, true>> = {
  p50Ms: true,
  p95Ms: true,
  share: true,
  cpu: true,
  memory: true,
  queueUse: true,
  exportP95Ms: true,
  dropsPerMinute: true,
};

const maxReasonLength = 200;
const minBatch = 0.1;
/** As near to 1 as factors of a rule come that takes back what it did. */
const whole = 0.999;

/** Whether a plain copy of a rule's answer is a proposal, in all its members. */
export function isProposal(answer: unknown): answer is Proposal {
  if (typeof answer !== "object" || answer === null) return false;
  const { figure, reason, batch, ratio, gzipLevel, concurrentExports, nextExporter } = answer as Readonly<
    Record<string, unknown>
  >;
  return (
    typeof figure === "string" &&
    Object.hasOwn(figures, figure) &&
    typeof reason === "string" &&
    reason.length <= maxReasonLength &&
    (batch === undefined || isFactor(batch)) &&
    (ratio === undefined || isFactor(ratio)) &&
    (gzipLevel === undefined || (Number.isInteger(gzipLevel) && Number(gzipLevel) >= 1 && Number(gzipLevel) <= 9)) &&
    (concurrentExports === undefined || (Number.isInteger(concurrentExports) && Number(concurrentExports) >= 1)) &&
    (nextExporter === undefined || typeof nextExporter === "boolean")
  );
}

export interface TuningBounds {
  readonly chosen: Tuning;
  readonly minRatio: number;
  readonly exporters: number;
}

/** What a proposal makes of a tuning, within bounds; undefined where that is nothing new. */
export function tunedBy(proposal: Proposal, from: Tuning, bounds: TuningBounds): Tuning | undefined {
  const { batch = 1, ratio = 1, gzipLevel, concurrentExports, nextExporter } = proposal;
  const { chosen, minRatio, exporters } = bounds;
  const to: Tuning = {
    batch: moved(from.batch, batch, minBatch),
    ratio: moved(from.ratio, ratio, minRatio),
    gzipLevel: gzipLevel ?? from.gzipLevel,
    concurrentExports: Math.min(concurrentExports ?? from.concurrentExports, chosen.concurrentExports),
    exporter: nextExporter === true && exporters > 0 ? (from.exporter + 1) % exporters : from.exporter,
  };
  const isNew = Object.entries(to).some(([name, value]) => value !== from[name as keyof Tuning]);
  return isNew ? Object.freeze(to) : undefined;
}

function moved(value: number, factor: number, least: number): number {
  if (factor === 1) return value;
  const next = Math.max(least, value * factor);
  return next > whole ? 1 : next;
}

function isFactor(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
