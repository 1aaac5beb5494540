import type { Estimate } from "../statistics/bootstrap.ts";
import { estimate, number } from "./table.ts";

export interface Bar {
  readonly label: string;
  readonly addedMicros: Estimate;
  /** Undefined where the floor was not measured. */
  readonly timesFloor: Estimate | undefined;
}

const rowHeight = 30;
const labelWidth = 270;
const barsWidth = 420;
const valueWidth = 250;
const colors = { ours: "#0f766e", theirs: "#9a3412", other: "#6b7280", line: "#111827" };

/** A bar a contestant: what a request costs more, with its 95 % interval as a line. One scale for all. */
export function plot(bars: readonly Bar[], caption: string): string {
  const most = Math.max(...bars.map(({ addedMicros }) => addedMicros.high), 1e-9);
  const x = (micros: number): number => labelWidth + (Math.max(0, micros) / most) * barsWidth;
  const width = labelWidth + barsWidth + valueWidth;
  const height = 40 + bars.length * rowHeight + 30;
  const rows = bars.map(({ label, addedMicros, timesFloor }, i) => {
    const top = 40 + i * rowHeight;
    const middle = top + rowHeight / 2 - 3;
    const value = timesFloor === undefined ? `${estimate(addedMicros)} µs` : `${number(timesFloor.value)} × floor`;
    return [
      `<text x="${labelWidth - 10}" y="${middle + 5}" text-anchor="end">${escape(label)}</text>`,
      `<rect x="${labelWidth}" y="${top + 2}" width="${(x(addedMicros.value) - labelWidth).toFixed(1)}" height="${rowHeight - 10}" fill="${colorOf(label)}"/>`,
      `<line x1="${x(addedMicros.low).toFixed(1)}" x2="${x(addedMicros.high).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="${colors.line}" stroke-width="2"/>`,
      `<text x="${(x(addedMicros.high) + 8).toFixed(1)}" y="${middle + 5}">${escape(value)}</text>`,
    ].join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="14">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="10" y="22" font-weight="600">CPU a request costs more than without telemetry</text>`,
    ...rows,
    `<text x="10" y="${height - 10}" font-size="12" fill="${colors.other}">${escape(caption)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function colorOf(label: string): string {
  if (label.startsWith("Gossamer")) return colors.ours;
  return label.startsWith("bare") || label === "floor" ? colors.other : colors.theirs;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
