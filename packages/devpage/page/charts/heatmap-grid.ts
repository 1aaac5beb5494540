import type { HeatColumn, HeatExemplar, Heatmap } from "../../src/protocol.ts";

/** What is shown of the time: as little as holds all, so that the first minutes are not a strip at the edge. */
const minutesShown = [2, 5, 10] as const;
export const gutterPx = { left: 52, bottom: 20 };
export const heightPx = 196;

export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** A cell by its time: as time goes on its column moves, and its requests are the same. */
export interface Spot {
  readonly at: number;
  readonly row: number;
}

export interface Grid {
  readonly minutes: number;
  readonly columns: readonly (HeatColumn | undefined)[];
  readonly firstAt: number;
  readonly stepMs: number;
  readonly rows: readonly [number, number];
  readonly top: number;
}

/** The requests of a cell that have a trace. */
export function exemplarsOf(grid: Grid, { column, row }: Cell): readonly HeatExemplar[] {
  return grid.columns[column]?.exemplars.filter((exemplar) => exemplar.row === row) ?? [];
}

export function spotOf({ firstAt, stepMs }: Grid, { column, row }: Cell): Spot {
  return { at: firstAt + column * stepMs, row };
}

/** Where a spot is now; undefined where it is over ten minutes old. */
export function cellOf({ firstAt, stepMs }: Grid, { at, row }: Spot): Cell | undefined {
  const column = Math.round((at - firstAt) / stepMs);
  return column < 0 ? undefined : { column, row };
}

/** The rows that have requests, with one around them, and the columns of up to ten minutes. */
export function gridOf({ columns, boundsMs, stepMs }: Heatmap, now: number): Grid {
  const lastAt = Math.max(Math.floor(now / stepMs) * stepMs, columns.at(-1)?.at ?? 0);
  const ageMs = lastAt - (columns[0]?.at ?? lastAt);
  const minutes = minutesShown.find((each) => ageMs < each * 60_000) ?? 10;
  const width = Math.max(1, Math.round((minutes * 60_000) / stepMs));
  const firstAt = lastAt - (width - 1) * stepMs;
  const placed: (HeatColumn | undefined)[] = Array.from({ length: width }, () => undefined);
  let low = boundsMs.length;
  let high = 0;
  let top = 0;
  for (const column of columns) {
    const i = Math.round((column.at - firstAt) / stepMs);
    if (i < 0 || i >= width) continue;
    placed[i] = column;
    for (const [row, count] of column.counts.entries()) {
      if (count === 0) continue;
      low = Math.min(low, row);
      high = Math.max(high, row);
      top = Math.max(top, count);
    }
  }
  if (low > high) [low, high] = [0, boundsMs.length];
  return {
    minutes,
    columns: placed,
    firstAt,
    stepMs,
    rows: [Math.max(0, low - 1), Math.min(boundsMs.length, Math.max(high + 1, low + 5))],
    top,
  };
}

/** Of a cell, in pixels. */
export function sizes(widthPx: number, { columns, rows }: Grid): { readonly cellW: number; readonly cellH: number } {
  return {
    cellW: (widthPx - gutterPx.left) / columns.length,
    cellH: (heightPx - gutterPx.bottom) / (rows[1] - rows[0] + 1),
  };
}

/** What is under a point. */
export function cellAt(x: number, y: number, widthPx: number, grid: Grid): Cell | undefined {
  const { cellW, cellH } = sizes(widthPx, grid);
  const column = Math.floor((x - gutterPx.left) / cellW);
  const row = grid.rows[1] - Math.floor(y / cellH);
  return column < 0 || column >= grid.columns.length || row < grid.rows[0] || row > grid.rows[1]
    ? undefined
    : { column, row };
}
