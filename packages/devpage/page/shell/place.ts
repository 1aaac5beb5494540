// Where the page is, in the hash, so that a link to it can be shared: `#/traces/4bf9…`, `#/live?status=5xx`.
import { signal } from "@preact/signals";

export const screens = ["routes", "live", "traces", "logs", "pipeline", "overhead", "rules", "check"] as const;
export type Screen = (typeof screens)[number];

export const screenNames: Readonly<Record<Screen, string>> = {
  routes: "Routes",
  live: "Live",
  traces: "Traces",
  logs: "Logs",
  pipeline: "Pipeline",
  overhead: "Overhead",
  rules: "Rules",
  check: "Check",
};

export interface Place {
  readonly screen: Screen;
  /** Of a trace. */
  readonly id: string | undefined;
  readonly query: Readonly<Record<string, string>>;
}

export const place = signal<Place>(readPlace(location.hash));

addEventListener("hashchange", () => {
  place.value = readPlace(location.hash);
});

function readPlace(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [name, id] = path.split("/");
  const screen = screens.find((known) => known === name) ?? "routes";
  return {
    screen,
    id: id === undefined || id === "" ? undefined : decoded(id),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export type PlaceQuery = Readonly<Record<string, string | undefined>>;

export function linkTo(
  screen: Screen,
  { id, query = {} }: { id?: string | undefined; query?: PlaceQuery } = {},
): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, value]],
  );
  const path = id === undefined ? `#/${screen}` : `#/${screen}/${encodeURIComponent(id)}`;
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

export function go(screen: Screen, to?: Parameters<typeof linkTo>[1]): void {
  location.hash = linkTo(screen, to);
}

/** Changes filters without a step in the history. */
export function refine(query: PlaceQuery): void {
  const { screen, id, query: before } = place.value;
  history.replaceState(null, "", linkTo(screen, { id, query: { ...before, ...query } }));
  place.value = readPlace(location.hash);
}
