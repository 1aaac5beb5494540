import type { JSX } from "preact";
import type { RouteRow } from "../../../src/protocol.ts";
import { Sparkline } from "../../charts/sparkline.tsx";
import { StatusBars } from "../../charts/status-bars.tsx";
import { duration, percent, rate, whole } from "../../format/figures.ts";
import { RouteLabel } from "../../parts/basics.tsx";
import { refine } from "../../shell/place.ts";
import { figuresOf, type RouteOrder } from "./route-order.ts";

export interface RouteTableProps {
  readonly rows: readonly RouteRow[];
  readonly selected: string | undefined;
  readonly order: RouteOrder;
  readonly withService: boolean;
}

export function RouteTable({ rows, selected, order, withService }: RouteTableProps): JSX.Element {
  const slowest = Math.max(1, ...rows.map((row) => figuresOf(row).p99Ms ?? 0));
  return (
    <div class="table-wrap" role="region" aria-label="Table of routes" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <Sorted by="route" order={order} about="Method and template; pick one to see its latency alone">
              Route
            </Sorted>
            <Sorted by="rate" order={order} about="Of the last 10 s; the line is the last minute">
              Requests / s
            </Sorted>
            <th class="col-bars" title="2xx to 5xx of the last minute; point at a bar for the counts">
              Answers
            </th>
            <Sorted by="p50" order={order} about="Half of all requests took at most so long">
              p50
            </Sorted>
            <Sorted by="p95" order={order} about="95 of 100 requests took at most so long">
              p95
            </Sorted>
            <Sorted by="p99" order={order} about="99 of 100 requests took at most so long">
              p99
            </Sorted>
            <th class="col-range" title="From p50 to p99 on a logarithmic scale; the ring is p95">
              Spread
            </th>
            <Sorted by="failed" order={order} about="Answered with 5xx, since the start">
              Failed
            </Sorted>
            <Sorted by="aborted" order={order} about="The client left, or the answer was cut, since the start">
              Aborted
            </Sorted>
            <Sorted
              by="traced"
              order={order}
              about="Share of its requests that have a trace, since this page was opened"
            >
              With trace
            </Sorted>
            <Sorted by="cost" order={order} about="Spans that leave for it each minute, and their share of all">
              Spans / min
            </Sorted>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.key}
              row={row}
              isSelected={row.key === selected}
              slowest={slowest}
              withService={withService}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly row: RouteRow;
  readonly isSelected: boolean;
  readonly slowest: number;
  readonly withService: boolean;
}

function Row({ row, isSelected, slowest, withService }: RowProps): JSX.Element {
  const { key, service, method, route, operation, spark, perSecond, total, keptShare, cost } = row;
  const figures = figuresOf(row);
  return (
    <tr
      class="pick"
      data-on={isSelected ? "" : undefined}
      onClick={() => refine({ route: isSelected ? undefined : key })}
    >
      <td class="route-cell">
        <button
          type="button"
          class="as-link"
          aria-pressed={isSelected}
          title={[method, route ?? "(no route)", operation].filter((word) => word !== undefined).join(" ")}
        >
          <RouteLabel {...row} />
        </button>
        {withService && <span class="faint service">{service}</span>}
      </td>
      <td class="num">
        <span class="spark">
          <Sparkline values={spark} />
        </span>
        <span class="per-second">{rate(perSecond)}</span>
      </td>
      <td>
        <StatusBars figures={figures} />
      </td>
      <td class="num">{duration(figures.p50Ms)}</td>
      <td class="num">{duration(figures.p95Ms)}</td>
      <td class="num">{duration(figures.p99Ms)}</td>
      <td>
        <Range figures={figures} slowest={slowest} />
      </td>
      <td class="num">
        <Count value={total.byStatus["5xx"]} style="bad-text" />
      </td>
      <td class="num">
        <Count value={total.aborted} style="warn-text" />
      </td>
      <td class="num">{percent(keptShare)}</td>
      <td class="num">
        {cost === undefined ? "–" : whole(Math.round(cost.spansPerMinute))}
        {cost !== undefined && <span class="faint share">{percent(cost.share)}</span>}
      </td>
    </tr>
  );
}

/** Nothing to see where it is none. */
function Count({ value, style }: { value: number; style: string }): JSX.Element {
  return <span class={value === 0 ? "faint" : style}>{whole(value)}</span>;
}

interface SortedProps {
  readonly by: RouteOrder;
  readonly order: RouteOrder;
  readonly about: string;
  readonly children: string;
}

/** A heading that sorts: names upwards, numbers downwards. */
function Sorted({ by, order, about, children }: SortedProps): JSX.Element {
  const isOn = order === by;
  const isName = by === "route";
  return (
    <th class={isName ? "" : "num"} title={about} aria-sort={isOn ? (isName ? "ascending" : "descending") : undefined}>
      <button type="button" onClick={() => refine({ order: by === "rate" ? undefined : by })}>
        {children}
        {isOn && <span aria-hidden="true">{isName ? " ↑" : " ↓"}</span>}
      </button>
    </th>
  );
}

/** From p50 to p99 on a logarithmic scale, with p95 marked. The ends leave room for the mark. */
function Range({ figures, slowest }: { figures: RouteRow["total"]; slowest: number }): JSX.Element | null {
  const { p50Ms, p95Ms, p99Ms } = figures;
  if (p50Ms === undefined || p95Ms === undefined || p99Ms === undefined) return null;
  const at = (ms: number): string => `${4 + (92 * Math.log1p(ms * 20)) / Math.log1p(slowest * 20)}%`;
  return (
    <svg class="range" width="100%" height="12" aria-hidden="true">
      <line class="range-track" x1="0" x2="100%" y1="6" y2="6" />
      <line class="range-span" x1={at(p50Ms)} x2={at(p99Ms)} y1="6" y2="6" />
      <circle class="range-mark" cx={at(p95Ms)} cy="6" r="3" />
    </svg>
  );
}
