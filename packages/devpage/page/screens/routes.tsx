import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Heatmap, RouteRow } from "../../src/protocol.ts";
import { HeatmapChart } from "../charts/heatmap.tsx";
import { Sparkline } from "../charts/sparkline.tsx";
import { StatusBars, StatusLegend } from "../charts/status-bars.tsx";
import { get } from "../data/api.ts";
import { head, heatmap, snapshot } from "../data/store.ts";
import { duration, percent, plural, rate, whole } from "../format/figures.ts";
import { Empty, RouteLabel } from "../parts/basics.tsx";
import { FirstStep } from "../parts/first-step.tsx";
import { Icon } from "../parts/icon.tsx";
import { isNarrow } from "../shell/theme.ts";
import { place, refine } from "../shell/place.ts";

type Order = "rate" | "p95" | "failed" | "route" | "cost";

const worth: Readonly<Record<Exclude<Order, "route">, (row: RouteRow) => number>> = {
  rate: ({ perSecond, total }) => perSecond * 1e6 + total.count,
  p95: ({ lastMinute, total }) => lastMinute.p95Ms ?? (total.p95Ms ?? 0) / 1e6,
  failed: ({ total }) => total.byStatus["5xx"] + total.aborted,
  cost: ({ cost }) => cost?.spansPerMinute ?? 0,
};

const allRows = 60;

export function RoutesScreen(): JSX.Element {
  const { query } = place.value;
  const [order, sortBy] = useState<Order>("rate");
  const [areAll, showAll] = useState(false);
  const now = snapshot.value;
  const text = (query["text"] ?? "").toLowerCase();
  const routes = now?.routes ?? [];
  const services = now?.services ?? [];
  const found = routes
    .filter(({ service, method, route = "", operation = "" }) =>
      `${service} ${method} ${route} ${operation}`.toLowerCase().includes(text),
    )
    .sort((a, b) =>
      order === "route" ? (a.route ?? "").localeCompare(b.route ?? "") : worth[order](b) - worth[order](a),
    );
  const shown = areAll ? found : found.slice(0, allRows);
  const selected = routes.find(({ key }) => key === query["route"]);

  if (now !== undefined && routes.length === 0) {
    return (
      <>
        <div class="screen-head">
          <h1>Routes</h1>
        </div>
        <div class="panel">
          <Empty icon="routes" title="No request yet">
            <FirstStep />
          </Empty>
        </div>
      </>
    );
  }
  const columns: Columns = { order, sortBy, withService: services.length > 1 };
  return (
    <>
      <div class="screen-head">
        <h1>Routes</h1>
        <p>{plural(routes.length, "route")}; percentiles are of all requests, not of samples</p>
        <div class="right">
          <StatusLegend />
          <input
            class="field"
            data-filter
            type="search"
            placeholder="Filter  /"
            aria-label="Filter routes"
            value={query["text"] ?? ""}
            onInput={(event) => refine({ text: event.currentTarget.value })}
          />
        </div>
      </div>
      <LatencyPanel selected={selected} />
      <section class="panel" aria-label="All routes">
        {isNarrow.value ? (
          <Cards rows={shown} selected={selected?.key} withService={columns.withService} />
        ) : (
          <RouteTable rows={shown} selected={selected?.key} columns={columns} />
        )}
        {found.length === 0 && <p class="note pad">No route has “{query["text"]}” in it.</p>}
        {found.length > shown.length && (
          <p class="pad">
            <button type="button" class="button small" onClick={() => showAll(true)}>
              Show {whole(found.length - shown.length)} more
            </button>
          </p>
        )}
      </section>
    </>
  );
}

function LatencyPanel({ selected }: { selected: RouteRow | undefined }): JSX.Element {
  const map = useHeatmap(selected?.key);
  return (
    <section class="panel" aria-label="Latency">
      <header>
        <h2>Latency, 10 minutes</h2>
        {selected === undefined ? (
          <p>all routes</p>
        ) : (
          <p>
            <RouteLabel {...selected} />{" "}
            <button type="button" class="button small quiet" onClick={() => refine({ route: undefined })}>
              <Icon name="close" size={12} /> all routes
            </button>
          </p>
        )}
      </header>
      <div class="body">
        {map === undefined ? <p class="muted">Loading.</p> : <HeatmapChart map={map} now={snapshot.value?.at ?? 0} />}
      </div>
    </section>
  );
}

const againMs = 5_000;

/** That of all routes comes with the stream; that of one is asked for now and then. */
function useHeatmap(route: string | undefined): Heatmap | undefined {
  const [own, setOwn] = useState<{ readonly route: string; readonly map: Heatmap } | undefined>(undefined);
  useEffect(() => {
    if (route === undefined) return;
    const abort = new AbortController();
    const load = (): void => {
      get<Heatmap>("api/heatmap", { route }, abort.signal)
        .then((map) => setOwn({ route, map }))
        .catch(() => undefined);
    };
    load();
    const timer = setInterval(load, againMs);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [route]);
  if (route === undefined) return heatmap.value;
  return own?.route === route ? own.map : undefined;
}

interface Columns {
  readonly order: Order;
  readonly sortBy: (order: Order) => void;
  readonly withService: boolean;
}

function RouteTable({
  rows,
  selected,
  columns,
}: {
  rows: readonly RouteRow[];
  selected: string | undefined;
  columns: Columns;
}): JSX.Element {
  const { withService } = columns;
  const slowest = Math.max(1, ...rows.map(({ lastMinute, total }) => lastMinute.p99Ms ?? total.p99Ms ?? 0));
  return (
    <div class="table-wrap" role="region" aria-label="Table of routes" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <Sorted by="route" columns={columns}>
              Route
            </Sorted>
            <Sorted by="rate" columns={columns} num>
              Requests / s
            </Sorted>
            <th class="col-bars">Answers</th>
            <th class="num">p50</th>
            <Sorted by="p95" columns={columns} num>
              p95
            </Sorted>
            <th class="num">p99</th>
            <th class="col-range">
              <span class="unseen">Range</span>
            </th>
            <Sorted by="failed" columns={columns} num>
              Failed
            </Sorted>
            <th class="num">Left</th>
            <th class="num">With trace</th>
            <Sorted by="cost" columns={columns} num>
              Spans / min
            </Sorted>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              class="pick"
              key={row.key}
              data-on={row.key === selected ? "" : undefined}
              onClick={() => refine({ route: row.key === selected ? undefined : row.key })}
            >
              <td class="route-cell">
                <button
                  type="button"
                  class="as-link"
                  aria-pressed={row.key === selected}
                  title={`${row.method} ${row.route ?? "(no route)"}`}
                >
                  <RouteLabel {...row} />
                </button>
                {withService && <span class="faint service">{row.service}</span>}
              </td>
              <td class="num">
                <span class="spark">
                  <Sparkline values={row.spark} />
                </span>
                {rate(row.perSecond)}
              </td>
              <td>
                <StatusBars figures={figuresOf(row)} />
              </td>
              <td class="num">{duration(figuresOf(row).p50Ms)}</td>
              <td class="num">{duration(figuresOf(row).p95Ms)}</td>
              <td class="num">{duration(figuresOf(row).p99Ms)}</td>
              <td>
                <Range row={row} slowest={slowest} />
              </td>
              <td class="num">
                {row.total.byStatus["5xx"] === 0 ? (
                  <span class="faint">0</span>
                ) : (
                  <span class="bad-text">{whole(row.total.byStatus["5xx"])}</span>
                )}
              </td>
              <td class="num">
                {row.total.aborted === 0 ? (
                  <span class="faint">0</span>
                ) : (
                  <span class="warn-text">{whole(row.total.aborted)}</span>
                )}
              </td>
              <td class="num">{percent(row.keptShare)}</td>
              <td class="num">
                {row.cost === undefined ? "–" : whole(Math.round(row.cost.spansPerMinute))}
                {row.cost !== undefined && <span class="faint share">{percent(row.cost.share)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Of the last minute where it had requests, else of all time. */
function figuresOf({ lastMinute, total }: RouteRow): RouteRow["total"] {
  return lastMinute.count > 0 ? lastMinute : total;
}

function Sorted({
  by,
  columns,
  num = false,
  children,
}: {
  by: Order;
  columns: Columns;
  num?: boolean;
  children: string;
}): JSX.Element {
  const isOn = columns.order === by;
  return (
    <th class={num ? "num" : ""} aria-sort={isOn ? (by === "route" ? "ascending" : "descending") : undefined}>
      <button type="button" onClick={() => columns.sortBy(by)}>
        {children}
        {isOn && <span aria-hidden="true">{by === "route" ? " ↑" : " ↓"}</span>}
      </button>
    </th>
  );
}

/** From p50 to p99 on a logarithmic scale, with p95 marked. */
function Range({ row, slowest }: { row: RouteRow; slowest: number }): JSX.Element | null {
  const { p50Ms, p95Ms, p99Ms } = figuresOf(row);
  if (p50Ms === undefined || p95Ms === undefined || p99Ms === undefined) return null;
  const at = (ms: number): string => `${(100 * Math.log1p(ms * 20)) / Math.log1p(slowest * 20)}%`;
  return (
    <svg class="range" width="100%" height="12" aria-hidden="true">
      <line class="range-track" x1="0" x2="100%" y1="6" y2="6" />
      <line class="range-span" x1={at(p50Ms)} x2={at(p99Ms)} y1="6" y2="6" />
      <circle class="range-mark" cx={at(p95Ms)} cy="6" r="3" />
    </svg>
  );
}

function Cards({
  rows,
  selected,
  withService,
}: {
  rows: readonly RouteRow[];
  selected: string | undefined;
  withService: boolean;
}): JSX.Element {
  return (
    <ul class="cards">
      {rows.map((row) => {
        const { p95Ms } = figuresOf(row);
        return (
          <li key={row.key}>
            <button
              type="button"
              class="card"
              aria-pressed={row.key === selected}
              onClick={() => refine({ route: row.key === selected ? undefined : row.key })}
            >
              <span class="card-line">
                <span class="card-name">
                  <RouteLabel {...row} />
                </span>
                <strong>{rate(row.perSecond)}/s</strong>
              </span>
              <StatusBars figures={figuresOf(row)} />
              <span class="card-line muted">
                <span>p95 {duration(p95Ms)}</span>
                {row.total.byStatus["5xx"] > 0 && (
                  <span class="bad-text">{whole(row.total.byStatus["5xx"])} failed</span>
                )}
                {row.total.aborted > 0 && <span class="warn-text">{whole(row.total.aborted)} left</span>}
                {row.keptShare !== undefined && <span>{percent(row.keptShare)} traced</span>}
                {withService && <span class="faint">{row.service}</span>}
              </span>
            </button>
          </li>
        );
      })}
      {rows.length === 0 && head.value !== undefined && <li class="note pad">Nothing to show.</li>}
    </ul>
  );
}
