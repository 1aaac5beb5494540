import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Heatmap } from "../../src/protocol.ts";
import { clockTime, duration, plural, roundDuration } from "../format/figures.ts";
import { go, linkTo } from "../shell/place.ts";
import { theme } from "../shell/theme.ts";
import { drawHeatmap } from "./heatmap-drawing.ts";
import { type Cell, cellAt, cellOf, exemplarsOf, type Grid, gridOf, type Spot, spotOf } from "./heatmap-grid.ts";

/** Up to ten minutes of latencies: time to the right, duration upwards, and the more requests the stronger. A cell has its exemplars. */
export function HeatmapChart({ map, now }: { map: Heatmap; now: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [widthPx, setWidth] = useState(800);
  const [spot, setSpot] = useState<Spot | undefined>(undefined);
  const [isHeld, hold] = useState(false);
  const grid = gridOf(map, now);
  const cell = spot === undefined ? undefined : cellOf(grid, spot);
  const setCell = (next: Cell | undefined): void => setSpot(next === undefined ? undefined : spotOf(grid, next));

  useLayoutEffect(() => {
    const element = canvas.current?.parentElement;
    if (element === null || element === undefined) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (canvas.current !== null) drawHeatmap(canvas.current, { widthPx, map, grid, cell });
  }, [map, now, widthPx, spot, theme.value]);

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
    if (event.key === "Enter" && cell !== undefined) {
      const [first] = exemplarsOf(grid, cell);
      if (first !== undefined) go("traces", { id: first.traceId });
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
          aria-label="Latencies of the last ten minutes. Arrow keys go from cell to cell, Enter opens the trace of one."
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
          <span class="muted">Click a cell with a dot to open its traces.</span>
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
  const found = exemplarsOf(grid, cell);
  return (
    <p class="heat-line" aria-live="polite">
      <strong>{plural(count, "request")}</strong>
      <span class="muted">
        {to === undefined ? `over ${roundDuration(from ?? 0)}` : `${roundDuration(from ?? 0)} to ${roundDuration(to)}`},{" "}
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
