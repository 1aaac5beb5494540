import { batch } from "@preact/signals";
import type { Heatmap, PageState, StreamEvents, TraceSummary } from "../../src/protocol.ts";
import { get } from "./api.ts";
import {
  heatmap,
  link,
  logLevels,
  lostAt,
  rules,
  takeChange,
  takeLines,
  takeRequests,
  takeSnapshot,
  takeState,
  takeTraces,
} from "./store.ts";

const firstPauseMs = 500;
const longestPauseMs = 5_000;
/** Snapshots come each second: a connection without any for so long is a dead one. */
const silenceMs = 8_000;

type Handlers = { readonly [Name in keyof StreamEvents]: (data: StreamEvents[Name]) => void };

const handlers: Handlers = {
  snapshot: (next) => {
    takeSnapshot(next);
    // Nobody knows the bounds of durations before the first request.
    if (heatmap.value?.boundsMs.length !== next.heat.counts.length - 1) void loadHeatmap();
  },
  requests: ({ entries, left }) => takeRequests(entries, left),
  logs: ({ entries }) => takeLines(entries),
  traces: ({ entries }) => takeTraces(entries),
  change: (change) => {
    takeChange(change);
    if (change.rules !== undefined) rules.value = change.rules;
    if (change.logLevels !== undefined) logLevels.value = change.logLevels;
  },
};

/** Keeps the page up to date for as long as it is open: when the service goes away it asks again until it is back. */
export function connect(): void {
  let pauseMs = firstPauseMs;
  const again = (): void => {
    if (link.value !== "lost") {
      batch(() => {
        lostAt.value = Date.now();
        link.value = "lost";
      });
    }
    setTimeout(open, pauseMs);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  };
  const open = (): void => {
    follow(() => {
      pauseMs = firstPauseMs;
      link.value = "open";
    }).then(again, again);
  };
  open();
}

/** One connection, from its beginning until it breaks. What arrives before the state is there waits for it. */
function follow(opened: () => void): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource("api/stream");
    let waiting: (() => void)[] | undefined = [];
    let silence = setTimeout(end, silenceMs);

    function end(): void {
      clearTimeout(silence);
      source.close();
      resolve();
    }
    const listen = (name: keyof StreamEvents): void => {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        clearTimeout(silence);
        silence = setTimeout(end, silenceMs);
        const take = (): void => handlers[name](JSON.parse(event.data) as never);
        if (waiting === undefined) batch(take);
        else waiting.push(take);
      });
    };
    for (const name of Object.keys(handlers) as (keyof StreamEvents)[]) listen(name);
    source.addEventListener("error", end);
    source.addEventListener("open", () => {
      load()
        .then(() => {
          const held = waiting ?? [];
          waiting = undefined;
          batch(() => {
            for (const take of held) take();
            opened();
          });
        })
        .catch(end);
    });
  });
}

/** Left as it was where the service does not answer: the connection will be found out to be broken too. */
async function loadHeatmap(): Promise<void> {
  heatmap.value = await get<Heatmap>("api/heatmap").catch(() => heatmap.value);
}

async function load(): Promise<void> {
  const [state, map, { traces }] = await Promise.all([
    get<PageState>("api/state"),
    get<Heatmap>("api/heatmap"),
    get<{ readonly traces: readonly TraceSummary[] }>("api/traces"),
  ]);
  batch(() => {
    heatmap.value = map;
    takeState(state);
    takeTraces(traces);
  });
}
