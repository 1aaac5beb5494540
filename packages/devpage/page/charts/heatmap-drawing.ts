import type { Heatmap } from "../../src/protocol.ts";
import { roundDuration } from "../format/figures.ts";
import { colour } from "../shell/theme.ts";
import { type Cell, type Grid, gutterPx, heightPx, sizes } from "./heatmap-grid.ts";

export interface HeatmapDrawing {
  readonly widthPx: number;
  readonly map: Heatmap;
  readonly grid: Grid;
  /** The cell that is pointed at. */
  readonly cell: Cell | undefined;
}

/** Draws cells, bounds, times, and a dot where a cell has traces. */
export function drawHeatmap(canvas: HTMLCanvasElement, { widthPx, map, grid, cell }: HeatmapDrawing): void {
  const scale = devicePixelRatio;
  canvas.width = Math.round(widthPx * scale);
  canvas.height = Math.round(heightPx * scale);
  canvas.style.width = `${widthPx}px`;
  canvas.style.height = `${heightPx}px`;
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  pen.scale(scale, scale);
  const { cellW, cellH } = sizes(widthPx, grid);
  const [low, high] = grid.rows;
  const dew = colour("dew-fill");
  const amber = colour("amber-fill");
  pen.clearRect(0, 0, widthPx, heightPx);
  pen.font = "11px Inter, system-ui, sans-serif";
  pen.textBaseline = "middle";

  // Rows with their bounds, as many as are legible.
  const every = Math.ceil(15 / cellH);
  for (let row = low; row <= high; row++) {
    const y = (high - row) * cellH;
    pen.fillStyle = colour("line");
    pen.fillRect(gutterPx.left, Math.round(y + cellH) - 0.5, widthPx, 0.5);
    const bound = map.boundsMs[row];
    if (bound === undefined || (row - low) % every !== 0 || row === high) continue;
    pen.fillStyle = colour("faint");
    pen.textAlign = "right";
    pen.fillText(roundDuration(bound), gutterPx.left - 8, Math.max(6, y));
  }
  // The slowest rows lean to amber.
  for (const [i, column] of grid.columns.entries()) {
    for (let row = low; row <= high; row++) {
      const count = column?.counts[row] ?? 0;
      if (count === 0) continue;
      pen.globalAlpha = 0.18 + 0.82 * (Math.log1p(count) / Math.log1p(grid.top));
      pen.fillStyle = row - low > (high - low) * 0.62 ? amber : dew;
      pen.beginPath();
      pen.roundRect(
        gutterPx.left + i * cellW + 0.5,
        (high - row) * cellH + 0.5,
        Math.max(1.5, cellW - 1),
        Math.max(1.5, cellH - 1),
        1.5,
      );
      pen.fill();
      pen.globalAlpha = 1;
      if (!(column?.exemplars.some((exemplar) => exemplar.row === row) ?? false)) continue;
      pen.fillStyle = colour("panel");
      pen.beginPath();
      pen.arc(gutterPx.left + (i + 0.5) * cellW, (high - row + 0.5) * cellH, Math.min(1.6, cellW / 4), 0, 7);
      pen.fill();
    }
  }
  pen.fillStyle = colour("faint");
  pen.textAlign = "left";
  pen.fillText(`${grid.minutes} min ago`, gutterPx.left, heightPx - 7);
  pen.textAlign = "right";
  pen.fillText("now", widthPx - 2, heightPx - 7);
  if (widthPx > 480 && grid.minutes % 2 === 0) {
    pen.textAlign = "center";
    pen.fillText(`${grid.minutes / 2} min ago`, gutterPx.left + (widthPx - gutterPx.left) / 2, heightPx - 7);
  }
  if (cell === undefined) return;
  pen.strokeStyle = colour("text");
  pen.lineWidth = 1.5;
  pen.strokeRect(gutterPx.left + cell.column * cellW, (high - cell.row) * cellH, cellW, cellH);
}
