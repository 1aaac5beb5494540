import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { HeatColumn, Heatmap } from "../../src/protocol.ts";
import { clockTime, duration, durationParts, plural } from "../format/figures.ts";
import { linkTo } from "../shell/place.ts";
import { colour, theme } from "../shell/theme.ts";

const spanMs = 600_000;
const gutterPx = { left: 52, bottom: 20 };
const heightPx = 196;

interface Cell {
  readonly column: number;
  readonly row: number;
}

interface Grid {
  readonly columns: readonly (HeatColumn | undefined)[];
  readonly firstAt: number;
  readonly rows: readonly [number, number];
  readonly top: number;
}

/** Ten minutes of latencies: time to the right, duration upwards, and the more requests the stronger. A cell has its exemplars. */
export function HeatmapChart({ map, now }: { map: Heatmap; now: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [widthPx, setWidth] = useState(800);
  const [cell, setCell] = useState<Cell | undefined>(undefined);
  const [isHeld, hold] = useState(false);
  const grid = gridOf(map, now);

  useLayoutEffect(() => {
    const element = canvas.current?.parentElement;
    if (element === null || element === undefined) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, widthPx, map, grid, cell);
  }, [map, now, widthPx, cell, theme.value]);

  const pointed = (event: MouseEvent): Cell | undefined => {
    const box = canvas.current?.getBoundingClientRect();
    return box === undefined ? undefined : cellAt(event.clientX - box.left, event.clientY - box.top, widthPx, grid);
  };
  const step = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      hold(false);
      setCell(undefined);
      return;
    }
    const move = steps[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const from = cell ?? { column: grid.columns.length - 1, row: grid.rows[0] };
    setCell({
      column: Math.max(0, Math.min(grid.columns.length - 1, from.column + move[0])),
      row: Math.max(grid.rows[0], Math.min(grid.rows[1], from.row + move[1])),
    });
    hold(true);
  };
  return (
    <div class="heat">
      <div class="heat-canvas">
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label="Latencies of the last ten minutes. Arrow keys go from cell to cell."
          onMouseMove={(event) => {
            if (!isHeld) setCell(pointed(event));
          }}
          onMouseLeave={() => {
            if (!isHeld) setCell(undefined);
          }}
          onClick={(event) => {
            const at = pointed(event);
            hold(at !== undefined);
            setCell(at);
          }}
          onKeyDown={step}
        />
      </div>
      <CellLine map={map} grid={grid} cell={cell} isHeld={isHeld} />
    </div>
  );
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function CellLine({
  map,
  grid,
  cell,
  isHeld,
}: {
  map: Heatmap;
  grid: Grid;
  cell: Cell | undefined;
  isHeld: boolean;
}): JSX.Element {
  if (cell === undefined) {
    const slowest = map.columns
      .flatMap(({ exemplars }) => exemplars)
      .sort((a, b) => b.durationMs - a.durationMs)
      .slice(0, 4);
    return (
      <p class="heat-line">
        {slowest.length === 0 ? (
          <span class="muted">A cell opens its traces, where some of its requests have one.</span>
        ) : (
          <>
            <span class="muted">Slowest with a trace</span>
            <Exemplars all={slowest} />
          </>
        )}
      </p>
    );
  }
  const column = grid.columns[cell.column];
  const count = column?.counts[cell.row] ?? 0;
  const from = cell.row === 0 ? 0 : map.boundsMs[cell.row - 1];
  const to = map.boundsMs[cell.row];
  const found = column?.exemplars.filter(({ row }) => row === cell.row) ?? [];
  return (
    <p class="heat-line" aria-live="polite">
      <strong>{plural(count, "request")}</strong>
      <span class="muted">
        {to === undefined ? `over ${duration(from)}` : `${duration(from)} to ${duration(to)}`},{" "}
        {clockTime(grid.firstAt + cell.column * map.stepMs, false)}
      </span>
      {count > 0 && found.length === 0 && <span class="faint">none of them has a trace</span>}
      {found.length > 0 &&
        (isHeld ? (
          <Exemplars all={found.slice(0, 5)} />
        ) : (
          <span class="good-text">{plural(found.length, "trace")}: click to hold</span>
        ))}
    </p>
  );
}

function Exemplars({
  all,
}: {
  all: readonly { readonly traceId: string; readonly durationMs: number }[];
}): JSX.Element {
  return (
    <>
      {all.map(({ traceId, durationMs }) => (
        <a class="chip dew" key={traceId} href={linkTo("traces", { id: traceId })}>
          {duration(durationMs)} <span class="mono">{traceId.slice(0, 6)}</span>
        </a>
      ))}
    </>
  );
}

/** `2.5 s`, where a duration says `2.50 s`. */
function boundText(ms: number): string {
  const { value, unit } = durationParts(ms);
  return `${Number(value)} ${unit}`;
}

/** The rows that have requests, with one around them, and the columns of the ten minutes. */
function gridOf({ columns, boundsMs, stepMs }: Heatmap, now: number): Grid {
  const width = Math.max(1, Math.round(spanMs / stepMs));
  const lastAt = Math.max(Math.floor(now / stepMs) * stepMs, columns.at(-1)?.at ?? 0);
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
    columns: placed,
    firstAt,
    rows: [Math.max(0, low - 1), Math.min(boundsMs.length, Math.max(high + 1, low + 5))],
    top,
  };
}

function sizes(widthPx: number, { columns, rows }: Grid): { readonly cellW: number; readonly cellH: number } {
  return {
    cellW: (widthPx - gutterPx.left) / columns.length,
    cellH: (heightPx - gutterPx.bottom) / (rows[1] - rows[0] + 1),
  };
}

function cellAt(x: number, y: number, widthPx: number, grid: Grid): Cell | undefined {
  const { cellW, cellH } = sizes(widthPx, grid);
  const column = Math.floor((x - gutterPx.left) / cellW);
  const row = grid.rows[1] - Math.floor(y / cellH);
  return column < 0 || column >= grid.columns.length || row < grid.rows[0] || row > grid.rows[1]
    ? undefined
    : { column, row };
}

function draw(canvas: HTMLCanvasElement, widthPx: number, map: Heatmap, grid: Grid, cell: Cell | undefined): void {
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
    pen.fillText(boundText(bound), gutterPx.left - 8, Math.max(6, y));
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
  pen.fillText("10 min ago", gutterPx.left, heightPx - 7);
  pen.textAlign = "right";
  pen.fillText("now", widthPx - 2, heightPx - 7);
  if (widthPx > 480) {
    pen.textAlign = "center";
    pen.fillText("5 min", gutterPx.left + (widthPx - gutterPx.left) / 2, heightPx - 7);
  }
  if (cell === undefined) return;
  pen.strokeStyle = colour("text");
  pen.lineWidth = 1.5;
  pen.strokeRect(gutterPx.left + cell.column * cellW, (high - cell.row) * cellH, cellW, cellH);
}
