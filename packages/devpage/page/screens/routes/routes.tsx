import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { RouteRow } from "../../../src/protocol.ts";
import { StatusLegend } from "../../charts/status-bars.tsx";
import { snapshot } from "../../data/store.ts";
import { plural, whole } from "../../format/figures.ts";
import { Empty } from "../../parts/basics.tsx";
import { FilterText } from "../../parts/filter-bar.tsx";
import { FirstStep } from "../../parts/first-step.tsx";
import { ScreenHead } from "../../parts/screen-head.tsx";
import { isNarrow } from "../../shell/theme.ts";
import { place } from "../../shell/place.ts";
import { LatencyPanel } from "./latency-panel.tsx";
import { RouteCards } from "./route-cards.tsx";
import { type RouteOrder, routeOrders, steadyOrder, type SteadyOrder } from "./route-order.ts";
import { RouteTable } from "./route-table.tsx";

const firstRows = 60;

export function RoutesScreen(): JSX.Element {
  const { query } = place.value;
  const [areAll, showAll] = useState(false);
  const [isPointedAt, point] = useState(false);
  const now = snapshot.value;
  const routes = now?.routes ?? [];
  const order = routeOrders.find((known) => known === query["order"]) ?? "rate";
  const found = useOrdered(routes.filter(hasText(query["text"])), { order, now: now?.at ?? 0, isPointedAt });
  const shown = areAll ? found : found.slice(0, firstRows);
  const selected = routes.find(({ key }) => key === query["route"]);

  if (routes.length === 0) {
    return (
      <>
        <ScreenHead title="Routes" />
        <div class="panel">
          <Empty icon="routes" title="No request yet">
            <FirstStep />
          </Empty>
        </div>
      </>
    );
  }
  const withService = (now?.services.length ?? 0) > 1;
  return (
    <>
      <ScreenHead
        title="Routes"
        about={`${plural(routes.length, "route")}; percentiles are of all requests of the last minute, not of samples`}
      >
        <StatusLegend />
        <FilterText label="Filter routes" placeholder="Filter" />
      </ScreenHead>
      <LatencyPanel selected={selected} />
      <section class="panel" aria-label="All routes" onMouseEnter={() => point(true)} onMouseLeave={() => point(false)}>
        {isNarrow.value ? (
          <RouteCards rows={shown} selected={selected?.key} withService={withService} />
        ) : (
          <RouteTable rows={shown} selected={selected?.key} order={order} withService={withService} />
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

function hasText(wanted = ""): (row: RouteRow) => boolean {
  const text = wanted.toLowerCase();
  return ({ service, method, route = "", operation = "" }) =>
    `${service} ${method} ${route} ${operation}`.toLowerCase().includes(text);
}

function useOrdered(
  rows: readonly RouteRow[],
  asked: { readonly order: RouteOrder; readonly now: number; readonly isPointedAt: boolean },
): RouteRow[] {
  const before = useRef<SteadyOrder | undefined>(undefined);
  before.current = steadyOrder(rows, before.current, asked);
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return before.current.keys.flatMap((key) => byKey.get(key) ?? []);
}
