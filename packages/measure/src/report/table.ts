import type { Estimate } from "../statistics/bootstrap.ts";

/** Rows under a head, columns as wide as they need to be, numbers to the right: whatever is not in the first column. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

/** Three significant digits: 0.0312, 4.02, 117. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "-" : "∞";
  const magnitude = Math.abs(value) < 1e-9 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(4, Math.max(0, 2 - magnitude)));
}

/** `4.02 (3.91–4.20)`, and `−0.3 (−1.2 to 0.5)` where a dash would be read as a sign. */
export function estimateText({ value, low, high }: Estimate): string {
  const between = low < 0 ? " to " : "–";
  return `${numberText(value)} (${numberText(low)}${between}${numberText(high)})`;
}
