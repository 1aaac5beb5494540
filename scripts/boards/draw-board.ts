import type { Board, BoardPanel, PanelUnit } from "./board.ts";

/** One series as Prometheus answers it: labels, and values by seconds since 1970. */
export interface AnsweredSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** What Prometheus answered to each expression of a panel, in their order. */
export type PanelAnswers = readonly (readonly AnsweredSeries[])[];

/** In seconds since 1970. */
export type TimeSpan = readonly [first: number, last: number];

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** Where time and values are on a panel. */
interface Scale {
  readonly x: (seconds: number) => number;
  readonly y: (value: number) => number;
  readonly most: number;
}

const panelWidth = 450;
const panelHeight = 230;
const plot = { left: 62, right: 436, top: 34, bottom: 158 } as const;
const columns = 2;
const maxLegends = 9;
const maxGapSeconds = 2;
const palette = [
  "#0f766e",
  "#b45309",
  "#1d4ed8",
  "#be123c",
  "#6d28d9",
  "#4d7c0f",
  "#0369a1",
  "#a21caf",
  "#57534e",
  "#ca8a04",
];

/** A board as a picture, drawn from what Prometheus answered to its expressions: what Grafana would show, without Grafana. */
export function drawBoard(
  board: Board,
  answersOf: (panel: BoardPanel) => PanelAnswers,
  { caption, span }: { readonly caption: string; readonly span: TimeSpan },
): string {
  const parts: string[] = [];
  let top = 66;
  for (const { title, panels } of board.rows) {
    parts.push(`<text x="12" y="${top}" font-size="14" font-weight="600">${escape(title)}</text>`);
    top += 10;
    for (const [i, panel] of panels.entries()) {
      const [x, y] = [(i % columns) * panelWidth, top + Math.trunc(i / columns) * panelHeight];
      parts.push(`<g transform="translate(${x} ${y})">${drawPanel(panel, answersOf(panel), span)}</g>`);
    }
    top += Math.ceil(panels.length / columns) * panelHeight + 26;
  }
  const width = columns * panelWidth;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${width}" height="${top}" fill="#ffffff"/>`,
    `<text x="12" y="22" font-size="16" font-weight="600">${escape(board.title)}</text>`,
    `<text x="12" y="38" fill="#6b7280">${escape(caption)}</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel(panel: BoardPanel, answers: PanelAnswers, [first, last]: TimeSpan): string {
  const all = answers.flatMap((series, i) => series.map((one) => lineOf(one, panel.queries[i]?.legend ?? "")));
  const frame = [
    `<rect x="6" y="6" width="${panelWidth - 12}" height="${panelHeight - 12}" fill="none" stroke="#e5e7eb"/>`,
    `<text x="16" y="24" font-weight="600">${escape(panel.title)}</text>`,
  ];
  if (all.every(({ points }) => points.length === 0))
    return [...frame, `<text x="${plot.left}" y="100" fill="#6b7280">nothing</text>`].join("");
  const x = (seconds: number): number => plot.left + ((seconds - first) / (last - first)) * (plot.right - plot.left);
  frame.push(
    `<text x="${plot.left}" y="${plot.bottom + 14}" fill="#6b7280">0 s</text>`,
    `<text x="${plot.right}" y="${plot.bottom + 14}" text-anchor="end" fill="#6b7280">${Math.round(last - first)} s</text>`,
  );
  return [...frame, panel.kind === "heatmap" ? drawHeat(all, x) : drawLines(panel, all, x)].join("");
}

function drawLines(panel: BoardPanel, all: readonly Line[], x: Scale["x"]): string {
  const lines = panel.kind === "stacked" ? stacked(all) : all;
  const highest = Math.max(0, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  const most = highest === 0 ? 1 : highest;
  const y = (value: number): number => plot.bottom - (Math.max(0, value) / most) * (plot.bottom - plot.top);
  const drawn = lines.map((line, i) => drawLine(line, colorOf(i), { x, y, most })).toReversed();
  const legends = all.slice(0, maxLegends).map(({ name }, i) => {
    const text = i === maxLegends - 1 && all.length > maxLegends ? `… and ${all.length - i} more` : name;
    const [left, top] = [18 + (i % 3) * 142, plot.bottom + 30 + Math.trunc(i / 3) * 14];
    return `<rect x="${left}" y="${top - 8}" width="8" height="8" fill="${colorOf(i)}"/><text x="${left + 12}" y="${top}">${escape(cut(text))}</text>`;
  });
  return [axis(numberText(most, panel.unit), "0"), ...drawn, ...legends].join("");
}

function drawLine({ points }: Line, color: string, { x, y }: Scale): string {
  const stretches: string[][] = [];
  let before = -Infinity;
  for (const [seconds, value] of points) {
    // Nobody told anything meanwhile.
    if (seconds - before > maxGapSeconds) stretches.push([]);
    stretches.at(-1)?.push(`${x(seconds).toFixed(1)},${y(value).toFixed(1)}`);
    before = seconds;
  }
  return stretches
    .map((places) =>
      places.length > 1
        ? `<polyline points="${places.join(" ")}" fill="none" stroke="${color}" stroke-width="1.5"/>`
        : `<circle cx="${places.join("").replace(",", '" cy="')}" r="1.5" fill="${color}"/>`,
    )
    .join("");
}

/** Each line on the sum of those before it. */
function stacked(lines: readonly Line[]): readonly Line[] {
  const below = new Map<number, number>();
  return lines.map(({ name, points }) => ({
    name,
    points: points.map(([seconds, value]) => {
      const sum = (below.get(seconds) ?? 0) + (Number.isFinite(value) ? value : 0);
      below.set(seconds, sum);
      return [seconds, sum] as const;
    }),
  }));
}

/** Buckets are cumulative: what is in one is what is not in the one below. */
function drawHeat(buckets: readonly Line[], x: Scale["x"]): string {
  const sorted = buckets.toSorted((a, b) => boundOf(a) - boundOf(b));
  const own = sorted.map(({ points }, i) => {
    const below = new Map(sorted[i - 1]?.points ?? []);
    return points.map(([seconds, value]) => [seconds, Math.max(0, value - (below.get(seconds) ?? 0))] as const);
  });
  const most = Math.max(1e-12, ...own.flatMap((points) => points.map(([, value]) => value)));
  const height = (plot.bottom - plot.top) / Math.max(1, sorted.length);
  const cells = own.flatMap((points, i) =>
    points.map(([seconds, value], place) => {
      const width = x(points[place + 1]?.[0] ?? seconds + 1) - x(seconds);
      const top = plot.bottom - (i + 1) * height;
      return value === 0
        ? ""
        : `<rect x="${x(seconds).toFixed(1)}" y="${top.toFixed(1)}" width="${Math.min(width, plot.right - x(seconds)).toFixed(1)}" height="${height.toFixed(1)}" fill="#b45309" fill-opacity="${(0.1 + 0.9 * Math.sqrt(value / most)).toFixed(2)}"/>`;
    }),
  );
  const finite = sorted.filter((line) => Number.isFinite(boundOf(line)));
  return [axis(`> ${finite.at(-1)?.name ?? ""} s`, `${finite[0]?.name ?? ""} s`), ...cells].join("");
}

function boundOf({ name }: Line): number {
  return name === "+Inf" ? Infinity : Number(name);
}

function axis(top: string, bottom: string): string {
  return [
    `<path d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}" fill="none" stroke="#9ca3af"/>`,
    `<text x="${plot.left - 6}" y="${plot.top + 6}" text-anchor="end" fill="#6b7280">${escape(top)}</text>`,
    `<text x="${plot.left - 6}" y="${plot.bottom}" text-anchor="end" fill="#6b7280">${escape(bottom)}</text>`,
  ].join("");
}

function lineOf({ metric, values }: AnsweredSeries, legend: string): Line {
  const name = legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? "");
  const points = values.map(([seconds, value]) => [seconds, Number(value)] as const);
  return { name: name.trim() || "–", points: points.filter(([, value]) => Number.isFinite(value)) };
}

function numberText(value: number, unit: PanelUnit): string {
  if (unit === "percentunit") return `${short(value * 100)} %`;
  if (unit === "s") return value < 1 ? `${short(value * 1_000)} ms` : `${short(value)} s`;
  if (unit === "bytes" || unit === "Bps")
    return `${value < 1_048_576 ? `${short(value / 1_024)} K` : `${short(value / 1_048_576)} M`}iB${unit === "Bps" ? "/s" : ""}`;
  return `${short(value)}${unit === "short" ? "" : "/s"}`;
}

function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(2)));
}

function colorOf(i: number): string {
  return palette[i % palette.length] ?? "#000000";
}

function cut(text: string): string {
  return text.length > 20 ? `${text.slice(0, 19)}…` : text;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
