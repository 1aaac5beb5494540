import type { Estimate } from "../statistics/bootstrap.ts";
import { numberText } from "./table.ts";

/** One axis: what was moved along it, and what was measured at each place. */
export interface AxisPanel {
  readonly title: string;
  /** @default "µs" */
  readonly unit?: string;
  readonly places: readonly { readonly amount: number; readonly measured: Estimate }[];
}

const panelWidth = 300;
const panelHeight = 200;
const inset = { left: 56, right: 16, top: 40, bottom: 34 };
const columns = 3;
const colors = { line: "#0f766e", axis: "#6b7280", text: "#111827" };

/** A small plot an axis, each on a scale of its own from zero: places at equal distances, medians joined, 95 % intervals upright. */
export function axisPlot(panels: readonly AxisPanel[], title: string, caption: string): string {
  const width = columns * panelWidth;
  const height = 36 + Math.ceil(panels.length / columns) * panelHeight + 26;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="10" y="22" font-size="14" font-weight="600">${escape(title)}</text>`,
    ...panels.map((panel, i) => {
      const x = (i % columns) * panelWidth;
      const y = 36 + Math.trunc(i / columns) * panelHeight;
      return `<g transform="translate(${x} ${y})">${drawPanel(panel)}</g>`;
    }),
    `<text x="10" y="${height - 8}" fill="${colors.axis}">${escape(caption)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ title, places, unit = "µs" }: AxisPanel): string {
  const most = Math.max(...places.map(({ measured }) => measured.high), 1e-9);
  const least = Math.min(0, ...places.map(({ measured }) => measured.low));
  const right = panelWidth - inset.right;
  const bottom = panelHeight - inset.bottom;
  const x = (i: number): string => (inset.left + ((i + 0.5) / places.length) * (right - inset.left)).toFixed(1);
  const y = (value: number): string => (bottom - ((value - least) / (most - least)) * (bottom - inset.top)).toFixed(1);
  const path = places.map(({ measured }, i) => `${x(i)},${y(measured.value)}`).join(" ");
  return [
    `<text x="10" y="22" font-weight="600" fill="${colors.text}">${escape(title)}</text>`,
    `<line x1="${inset.left}" x2="${inset.left}" y1="${inset.top}" y2="${bottom}" stroke="${colors.axis}"/>`,
    `<line x1="${inset.left}" x2="${right}" y1="${y(0)}" y2="${y(0)}" stroke="${colors.axis}"/>`,
    `<text x="${inset.left - 6}" y="${inset.top + 4}" text-anchor="end" fill="${colors.axis}">${numberText(most)} ${unit}</text>`,
    `<text x="${inset.left - 6}" y="${y(0)}" text-anchor="end" fill="${colors.axis}">0</text>`,
    `<polyline points="${path}" fill="none" stroke="${colors.line}" stroke-width="2"/>`,
    ...places.map(({ amount, measured }, i) =>
      [
        `<line x1="${x(i)}" x2="${x(i)}" y1="${y(measured.low)}" y2="${y(measured.high)}" stroke="${colors.text}"/>`,
        `<circle cx="${x(i)}" cy="${y(measured.value)}" r="3.5" fill="${colors.line}"/>`,
        `<text x="${x(i)}" y="${bottom + 18}" text-anchor="middle">${amount.toLocaleString("en")}</text>`,
      ].join(""),
    ),
  ].join("");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
