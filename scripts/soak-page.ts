import { availableParallelism } from "node:os";
import type { SoakParts, SoakResult, SoakSample } from "../test/faults/soak.ts";

const rows = 10;

/** A sample as the cells of a row. */
export function soakRow(sample: SoakSample): string[] {
  const { atSeconds, collector, heapMb, rssMb, accepted, exported, queued, dropped } = sample;
  return [
    String(atSeconds),
    collector,
    heapMb.toFixed(1),
    rssMb.toFixed(1),
    ...[accepted, exported, queued, dropped].map(String),
  ];
}

/** The result of a long run, as a page of the documentation. */
export function soakPage(
  { samples, answers, errors, arrived, again, lines, broken }: SoakResult,
  { seconds, seed }: SoakParts,
): string {
  const each = Math.max(1, Math.floor(samples.length / rows));
  const last = samples.length - 1;
  const shown = samples.filter((_, i) => i === last || (i % each === each - 1 && i + each / 2 < last));
  const number = (value: number): string => value.toLocaleString("en");
  return [
    "# Soak test results",
    "",
    `Written by \`pnpm soak ${seconds} ${seed}\` (seconds and seed), on Node ${process.versions.node} and ${availableParallelism()} cores. [pipeline.md](pipeline.md#the-soak) describes the test and its conditions. *collector* is its state: it is \`well\`, responds with the \`status\` 503 or 429, never responds (\`silence\`), resets connections (\`reset\`), or is \`away\`. Spans in flight have no column.`,
    "",
    "| s | collector | heap, MB | RSS, MB | accepted | exported | queued | dropped |",
    "|---|---|---|---|---|---|---|---|",
    ...shown.map((sample) => `| ${soakRow(sample).join(" | ")} |`),
    "",
    `${number(answers)} requests were answered and ${number(errors)} were not. ${number(arrived)} spans arrived, ${number(again)} of them twice, by attempts whose response was lost; the service wrote ${lines.length} log lines.`,
    "",
    broken.length === 0
      ? "Every span is accounted for exactly once, and the heap grew by at most 2 MB."
      : ["Conditions that were not met:", "", ...broken.map((fault) => `- ${fault}`)].join("\n"),
    "",
  ].join("\n");
}
