import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Heatmap, RouteRow } from "../../../src/protocol.ts";
import { HeatmapChart } from "../../charts/heatmap.tsx";
import { get } from "../../data/api.ts";
import { heatmap, snapshot } from "../../data/store.ts";
import { RouteLabel } from "../../parts/basics.tsx";
import { Icon } from "../../parts/icon.tsx";
import { linkTo, refine } from "../../shell/place.ts";
import { routeOf } from "../live/live-filter.ts";

/** Up to ten minutes of all routes, or of the one that is selected. */
export function LatencyPanel({ selected }: { selected: RouteRow | undefined }): JSX.Element {
  const map = useHeatmap(selected?.key);
  return (
    <section class="panel" aria-label="Latency">
      <header>
        <h2>Latency</h2>
        {selected === undefined ? (
          <p>all routes</p>
        ) : (
          <p>
            <RouteLabel {...selected} />{" "}
            <button type="button" class="button small quiet" onClick={() => refine({ route: undefined })}>
              <Icon name="close" size={12} /> all routes
            </button>{" "}
            <a class="button small quiet" href={linkTo("live", { query: { route: routeOf(selected) } })}>
              its requests
            </a>
          </p>
        )}
        <p class="wide-only right">the stronger the more requests; a dot has a trace</p>
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
