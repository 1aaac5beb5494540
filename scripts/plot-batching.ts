// Draws how size and delay of batches follow a simulated day of traffic: docs/dynamic-batching.svg.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DynamicBatchSettings } from "../packages/core/src/pipeline/queue/dynamic-batch.ts";
import { type DayPoint, simulateDay } from "../packages/core/src/pipeline/testing/simulated-day.ts";

const settings: DynamicBatchSettings = {
  minItems: 128,
  maxItems: 4_096,
  minDelayMs: 1_000,
  maxDelayMs: 10_000,
  targetUse: 0.7,
};
const width = 860;
const panelHeight = 120;
const gap = 46;
const left = 70;
const top = 40;

interface Panel {
  readonly title: string;
  readonly max: number;
  readonly color: string;
  readonly value: (point: DayPoint) => number | undefined;
  readonly line?: number;
}

const day = simulateDay(settings);
const panels: readonly Panel[] = [
  { title: "traffic, spans a second", max: 4_000, color: "#4a6fa5", value: (point) => point.rate },
  { title: "size of a batch, spans", max: 4_096, color: "#7a9e3f", value: (point) => point.maxItems },
  { title: "delay, ms", max: 10_000, color: "#b3672b", value: (point) => point.delayMs },
  { title: "how full batches leave (target 0.7)", max: 1, color: "#7d4a94", value: (point) => point.use, line: 0.7 },
];

const height = top + panels.length * (panelHeight + gap);
const x = (hour: number): number => left + (hour / 24) * (width - left - 20);

function draw(panel: Panel, index: number): string {
  const { title, max, color, value, line } = panel;
  const base = top + index * (panelHeight + gap) + panelHeight;
  const y = (amount: number): number => base - (Math.min(amount, max) / max) * panelHeight;
  const points = day.points.flatMap((point) => {
    const amount = value(point);
    return amount === undefined ? [] : [`${x(point.hour).toFixed(1)},${y(amount).toFixed(1)}`];
  });
  const hours = [0, 6, 12, 18, 24].map(
    (hour) => `<text x="${x(hour).toFixed(1)}" y="${base + 15}" text-anchor="middle">${hour} h</text>`,
  );
  const target =
    line === undefined
      ? ""
      : `<line x1="${left}" x2="${width - 20}" y1="${y(line)}" y2="${y(line)}" stroke="#999" stroke-dasharray="4 3"/>`;
  return [
    `<text x="${left}" y="${base - panelHeight - 8}" font-weight="bold">${title}</text>`,
    `<text x="${left - 8}" y="${base - panelHeight + 5}" text-anchor="end">${max.toLocaleString("en")}</text>`,
    `<text x="${left - 8}" y="${base + 4}" text-anchor="end">0</text>`,
    `<path d="M${left} ${base - panelHeight}V${base}H${width - 20}" fill="none" stroke="#666"/>`,
    target,
    `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="1.5"/>`,
    ...hours,
  ].join("\n");
}

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="18">A simulated day: ${day.batches.toLocaleString("en")} batches, ${(day.meanUse * 100).toFixed(0)} % full on average, ${day.dropped} spans dropped; batches of ${settings.minItems} would be ${day.fixedSmallBatches.toLocaleString("en")}</text>
${panels.map(draw).join("\n")}
</svg>
`;
const folder = join(import.meta.dirname, "..", "docs");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "dynamic-batching.svg"), svg);
