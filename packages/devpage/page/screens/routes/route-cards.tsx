import type { JSX } from "preact";
import type { RouteRow } from "../../../src/protocol.ts";
import { StatusBars } from "../../charts/status-bars.tsx";
import { duration, percent, rate, whole } from "../../format/figures.ts";
import { RouteLabel } from "../../parts/basics.tsx";
import { refine } from "../../shell/place.ts";
import { figuresOf } from "./route-order.ts";

export interface RouteCardsProps {
  readonly rows: readonly RouteRow[];
  readonly selected: string | undefined;
  readonly withService: boolean;
}

/** The table where it has no room: what matters most of each row. */
export function RouteCards({ rows, selected, withService }: RouteCardsProps): JSX.Element {
  return (
    <ul class="cards">
      {rows.map((row) => {
        const { key, service, perSecond, total, keptShare, cost } = row;
        const figures = figuresOf(row);
        const isSelected = key === selected;
        return (
          <li key={key}>
            <button
              type="button"
              class="card"
              aria-pressed={isSelected}
              onClick={() => refine({ route: isSelected ? undefined : key })}
            >
              <span class="card-line">
                <span class="card-name">
                  <RouteLabel {...row} />
                  {withService && <span class="faint path">{service}</span>}
                </span>
                <strong>{rate(perSecond)} / s</strong>
              </span>
              <StatusBars figures={figures} />
              <span class="card-line muted">
                <span>p50 {duration(figures.p50Ms)}</span>
                <span>p95 {duration(figures.p95Ms)}</span>
                <span>p99 {duration(figures.p99Ms)}</span>
              </span>
              <span class="card-line muted">
                {total.byStatus["5xx"] > 0 && <span class="bad-text">{whole(total.byStatus["5xx"])} failed</span>}
                {total.aborted > 0 && <span class="warn-text">{whole(total.aborted)} aborted</span>}
                {keptShare !== undefined && <span>{percent(keptShare)} with trace</span>}
                {cost !== undefined && <span>{whole(Math.round(cost.spansPerMinute))} spans / min</span>}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
