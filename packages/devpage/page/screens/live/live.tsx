import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { RequestEntry } from "../../../src/protocol.ts";
import { requests, requestsLeft, snapshot } from "../../data/store.ts";
import { clockTime, duration, plural, whole } from "../../format/figures.ts";
import { Empty, FateChip, RouteLabel, Status } from "../../parts/basics.tsx";
import { FilterBar, type Choice } from "../../parts/filter-bar.tsx";
import { FirstStep } from "../../parts/first-step.tsx";
import { NothingLikeThat } from "../../parts/nothing-like-that.tsx";
import { PauseButton, usePause } from "../../parts/pause-button.tsx";
import { ScreenHead } from "../../parts/screen-head.tsx";
import { VirtualRows } from "../../parts/virtual-rows.tsx";
import { onKey } from "../../shell/keys.ts";
import { place } from "../../shell/place.ts";
import { isNarrow } from "../../shell/theme.ts";
import { liveFilter, routeOf } from "./live-filter.ts";
import { RequestPanel } from "./request-panel.tsx";

const keyOf = ({ id }: RequestEntry): number => id;

export function LiveScreen(): JSX.Element {
  const { query } = place.value;
  const { shown: all, ...pause } = usePause(requests.value);
  // The request itself: it may be read long after newer ones have taken its place in the list.
  const [picked, pick] = useState<RequestEntry | undefined>(undefined);
  const shown = useMemo(() => all.filter(liveFilter(query)).toReversed(), [all, query]);
  const behind = (requests.value.at(-1)?.id ?? 0) - (all.at(-1)?.id ?? 0);
  useEffect(() => onKey("Escape", () => pick(undefined)));
  const isFiltered = Object.values(query).some((value) => value !== "");
  const withService = (snapshot.value?.services.length ?? 0) > 1;

  return (
    <>
      <ScreenHead
        title="Live"
        about={
          <>
            {isFiltered ? `${whole(shown.length)} of ${plural(all.length, "request")}` : plural(all.length, "request")}
            {requestsLeft.value > 0 && `; ${whole(requestsLeft.value)} more were too many to show`}
          </>
        }
      >
        {behind > 0 && <span class="muted">{whole(behind)} waiting</span>}
        <PauseButton {...pause} />
      </ScreenHead>
      <Filters all={all} />
      <div class={`split${picked === undefined ? "" : " open"}`}>
        <section class="panel list" aria-label="Requests">
          {shown.length === 0 ? (
            all.length === 0 ? (
              <Empty icon="live" title="No request yet">
                <FirstStep />
              </Empty>
            ) : (
              <NothingLikeThat icon="live" noun="request" />
            )
          ) : (
            <>
              {!isNarrow.value && (
                <div class="row-head live-row" aria-hidden="true">
                  <span title="When the request ended, by the clock of the service">Ended</span>
                  <span title="Status code; a cross where the request was aborted">Status</span>
                  <span title="Method and route; behind it the path that the client asked for">Request</span>
                  <span class="num" title="From the first byte of the request until its answer was sent">
                    Duration
                  </span>
                  <span title="Whether it has a trace, and what decided that; open the request for each step">
                    Trace, and why
                  </span>
                </div>
              )}
              <VirtualRows
                label="Requests, newest first"
                items={shown}
                rowPx={isNarrow.value ? 54 : 34}
                keyOf={keyOf}
                render={(entry) => (
                  <button
                    type="button"
                    data-row
                    class="row live-row"
                    aria-current={entry.id === picked?.id ? "true" : undefined}
                    onClick={() => pick(entry.id === picked?.id ? undefined : entry)}
                  >
                    <LiveRow entry={entry} withService={withService} />
                  </button>
                )}
              />
            </>
          )}
        </section>
        {picked !== undefined && <RequestPanel entry={picked} close={() => pick(undefined)} />}
      </div>
    </>
  );
}

function LiveRow({ entry, withService }: { entry: RequestEntry; withService: boolean }): JSX.Element {
  const { at, method, statusCode, aborted, durationMs, path, route, service } = entry;
  return (
    <>
      <span class="faint when">{clockTime(at)}</span>
      <span class="code">
        <Status code={statusCode} aborted={aborted} />
      </span>
      <span class="what" title={`${method} ${path ?? route ?? ""}`}>
        <RouteLabel {...entry} />
        {route !== undefined && path !== undefined && path !== route && <span class="faint path">{path}</span>}
        {withService && <span class="faint path">{service}</span>}
      </span>
      <span class="num took">{duration(durationMs)}</span>
      <span class="fate">
        <FateChip entry={entry} />
      </span>
    </>
  );
}

const statusChoice: Choice = {
  name: "status",
  label: "Status",
  options: [
    ["", "Any status"],
    ["failed", "Failed or aborted"],
    ["2xx", "2xx"],
    ["3xx", "3xx"],
    ["4xx", "4xx"],
    ["5xx", "5xx"],
    ["aborted", "Aborted"],
  ],
};

const durationChoice: Choice = {
  name: "min",
  label: "Duration",
  options: [
    ["", "Any duration"],
    ["10", "≥ 10 ms"],
    ["50", "≥ 50 ms"],
    ["100", "≥ 100 ms"],
    ["500", "≥ 500 ms"],
    ["1000", "≥ 1 s"],
  ],
};

const fateWords: Readonly<Record<RequestEntry["fate"], string>> = {
  none: "no trace",
  sampled: "sampled",
  kept: "kept",
};

function Filters({ all }: { all: readonly RequestEntry[] }): JSX.Element {
  const { query } = place.value;
  const { route = "", reason = "" } = query;
  const reasons = useMemo(() => {
    const known = new Map(
      all.map((entry) => [`${entry.fate}:${entry.reason}`, `${fateWords[entry.fate]}: ${entry.reason}`]),
    );
    if (reason !== "" && !known.has(reason)) known.set(reason, reason);
    return [...known].toSorted(([, a], [, b]) => (a < b ? -1 : 1));
  }, [all, reason]);
  const routes = useMemo(() => {
    const known = new Set(all.map(routeOf));
    if (route !== "") known.add(route);
    return [...known].toSorted();
  }, [all, route]);
  const choices: readonly Choice[] = [
    { name: "route", label: "Route", options: [["", "Any route"], ...routes.map((name) => [name, name] as const)] },
    statusChoice,
    durationChoice,
    { name: "reason", label: "Reason", options: [["", "Any reason"], ...reasons] },
  ];
  return <FilterBar label="Filter by text" placeholder="Route, path, rule or trace id" choices={choices} />;
}
