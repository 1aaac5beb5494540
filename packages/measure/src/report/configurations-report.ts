import { bareNames } from "../configuration.ts";
import type { Measured } from "../run-measurement.ts";
import { notesOf } from "./notes.ts";
import type { ConfigurationsReport, RankedConfiguration } from "./report.ts";
import { Summaries } from "./summarize.ts";

/** Reads the ranking out of what was measured. */
export function configurationsReport({ rounds, expected, circumstances }: Measured): ConfigurationsReport {
  const summaries = new Summaries(rounds, circumstances.settings.seed);
  const control = summaries.control();
  const bareRows = new Set<string>(Object.values(bareNames));
  const rows = [...rounds.keys()]
    .filter((name) => !bareRows.has(name))
    .map((name) => ({ name, added: summaries.added(name) }))
    .sort((a, b) => a.added.cpuMicros.value - b.added.cpuMicros.value);
  const cheapest = rows[0];
  const ranked: RankedConfiguration[] = [];
  for (const [i, { name, added }] of rows.entries()) {
    const before = ranked.at(-1);
    const isTied = before !== undefined && summaries.difference(summaries.cpu, name, before.name).verdict !== "more";
    ranked.push({
      name,
      rank: isTied ? before.rank : i + 1,
      cost: summaries.cost(name),
      added,
      overheadPercent: summaries.overheadPercent(name),
      ...(cheapest?.added.cpuMicros.verdict === "more"
        ? { timesCheapest: summaries.cpu.ratio(name, cheapest.name, bareNames.bare) }
        : {}),
    });
  }
  return {
    kind: "configurations",
    bare: summaries.cost(bareNames.bare),
    control,
    ranked,
    notes: notesOf(rounds, control.cpuMicros, expected, circumstances),
    circumstances,
    rounds: Object.fromEntries(rounds),
  };
}
