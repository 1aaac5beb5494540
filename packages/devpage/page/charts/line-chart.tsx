import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { clockTime } from "../format/figures.ts";

export interface Line {
  readonly label: string;
  /** A colour of the theme. */
  readonly colour: string;
  readonly values: readonly (number | undefined)[];
  readonly format: (value: number) => string;
}

export interface LineChartProps {
  readonly label: string;
  /** In ms since 1970. */
  readonly times: readonly number[];
  /** The first has its axis on the left, the second on the right. */
  readonly lines: readonly Line[];
}

const heightPx = 252;
const pad = { side: 60, top: 8, bottom: 24 };
const bottomPx = heightPx - pad.bottom;

/** Lines over time, each from 0 to a round number on its own axis. The pointer reads values. What is unknown is a gap. */
export function LineChart({ label, times, lines }: LineChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [widthPx, setWidth] = useState(600);
  const [at, point] = useState<number | undefined>(undefined);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const right = widthPx - (lines.length > 1 ? pad.side : 8);
  const first = times[0] ?? 0;
  const spanMs = Math.max(1, (times.at(-1) ?? 0) - first);
  const x = (ms: number): number => pad.side + ((ms - first) / spanMs) * (right - pad.side);
  const hover = (event: MouseEvent): void => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    const ms = first + ((event.clientX - left - pad.side) / (right - pad.side)) * spanMs;
    const after = times.findIndex((time) => time >= ms);
    point(after === -1 ? times.length - 1 : after);
  };
  const shown = at ?? times.length - 1;
  return (
    <figure class="chart" aria-label={label}>
      <div ref={box}>
        <svg
          width={widthPx}
          height={heightPx}
          role="img"
          aria-label={label}
          onMouseMove={hover}
          onMouseLeave={() => point(undefined)}
        >
          {lines.map((line, i) => (
            <Plot
              key={line.label}
              line={line}
              xs={times.map(x)}
              isRight={i > 0}
              edge={i > 0 ? right : pad.side}
              to={right}
            />
          ))}
          {times.length > 1 &&
            [0, 0.5, 1].map((share) => (
              <text
                key={share}
                x={pad.side + share * (right - pad.side)}
                y={heightPx - 6}
                text-anchor={share === 0 ? "start" : share === 1 ? "end" : "middle"}
              >
                {clockTime(first + share * spanMs, false)}
              </text>
            ))}
          {at !== undefined && (
            <line class="cursor" x1={x(times[at] ?? 0)} x2={x(times[at] ?? 0)} y1={pad.top} y2={bottomPx} />
          )}
        </svg>
      </div>
      <figcaption class="legend">
        {lines.map(({ label: name, colour, values, format }) => {
          const value = values[shown];
          return (
            <span key={name}>
              <i style={{ background: `var(--${colour})` }} />
              {name} <strong>{value === undefined ? "–" : format(value)}</strong>
            </span>
          );
        })}
        {at !== undefined && <span>{clockTime(times[at] ?? 0, false)}</span>}
      </figcaption>
    </figure>
  );
}

interface PlotProps {
  readonly line: Line;
  readonly xs: readonly number[];
  readonly isRight: boolean;
  readonly edge: number;
  readonly to: number;
}

function Plot({ line, xs, isRight, edge, to }: PlotProps): JSX.Element {
  const most = Math.max(0, ...line.values.map((value) => value ?? 0));
  const top = roundUp(most);
  const y = (value: number): number => bottomPx - (value / top) * (bottomPx - pad.top);
  let path = "";
  let area = "";
  let from: number | undefined;
  for (const [i, value] of line.values.entries()) {
    const left = xs[i] ?? 0;
    if (value === undefined) {
      from = undefined;
      continue;
    }
    path += `${from === undefined ? "M" : "L"}${left.toFixed(1)} ${y(value).toFixed(1)}`;
    from ??= left;
    if (line.values[i + 1] === undefined)
      area += `${path.slice(path.lastIndexOf("M"))}L${left.toFixed(1)} ${bottomPx}L${from.toFixed(1)} ${bottomPx}Z`;
  }
  const stroke = `var(--${line.colour})`;
  return (
    <g>
      {(most === 0 ? [0] : [0, 0.5, 1]).map((share) => (
        <g key={share}>
          {!isRight && <line class="grid" x1={pad.side} x2={to} y1={y(share * top)} y2={y(share * top)} />}
          <text x={isRight ? edge + 8 : edge - 8} y={y(share * top) + 4} text-anchor={isRight ? "start" : "end"}>
            {line.format(share * top).replace(/\.0+(?= )/, "")}
          </text>
        </g>
      ))}
      {!isRight && <path d={area} style={{ fill: stroke }} opacity="0.1" />}
      <path d={path} fill="none" style={{ stroke }} stroke-width="1.75" stroke-linejoin="round" />
    </g>
  );
}

/** The next of 1, 2, 4, 5, 8 times a power of ten, all of which halve well. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 8, 10].find((factor) => factor * power >= value * 1.02) ?? 10) * power;
}
