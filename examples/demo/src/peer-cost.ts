import { readdirSync, readFileSync } from "node:fs";

/** What one request cost in the newest full run of the benchmark, by what stood beside what. */
export interface PeerCost {
  /** The page that has all of it, from the root of the repository. */
  readonly source: string;
  readonly processor: string;
  readonly ratio: string;
  readonly gossamerUs: number;
  readonly openTelemetryUs: number;
}

interface SavedRun {
  readonly machine: { readonly cpu?: string };
  /** Of a run that measured requests. */
  readonly requestRows?: readonly { readonly name: string; readonly addedMicros: { readonly value: number } }[];
}

const results = new URL("../../../bench/results/", import.meta.url);

/** What OpenTelemetry costs cannot be measured here, where it is not installed: it is what a saved run found. */
export function peerCost(ratio = "1 %"): PeerCost | undefined {
  const files = readdirSync(results).filter((name) => name.endsWith("-full.json"));
  // The newest that measured requests: a run may be of other parts alone.
  for (const file of files.toSorted().toReversed()) {
    const cost = costIn(file, ratio);
    if (cost !== undefined) return cost;
  }
  return undefined;
}

function costIn(file: string, ratio: string): PeerCost | undefined {
  const { machine, requestRows } = JSON.parse(readFileSync(new URL(file, results), "utf8")) as SavedRun;
  const cost = (name: string): number | undefined =>
    requestRows?.find((row) => row.name === `${name} ${ratio}`)?.addedMicros.value;
  const gossamerUs = cost("Gossamer");
  const openTelemetryUs = cost("OpenTelemetry");
  if (gossamerUs === undefined || openTelemetryUs === undefined) return undefined;
  const source = `bench/results/${file.replace(/json$/, "md")}`;
  return { source, processor: machine.cpu ?? "one machine", ratio, gossamerUs, openTelemetryUs };
}
