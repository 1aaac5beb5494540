// Runs the fault suite, measures what a client notices under each fault, and prints the tables of docs/pipeline.md.
// `pnpm faults table` prints those of the last run, `pnpm faults latency` only measures.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LatencyFault, measureLatency } from "../test/faults/measure/measure-latency.ts";
import { type FaultRecord, recordFolder } from "../test/faults/record.ts";
import { buildStep, run } from "./step.ts";

const [part = "all"] = process.argv.slice(2);

const latencyFaults: readonly LatencyFault[] = [
  { fault: "collector absent", behaviour: "absent" },
  { fault: "accepts, never responds", behaviour: "silent" },
  { fault: "resets every connection", behaviour: "resets" },
  { fault: "sends one byte every 400 ms", behaviour: "drips-head" },
  { fault: "half a response", behaviour: "breaks-off" },
  { fault: "a response of 64 MB", behaviour: "answers-64-mb" },
  { fault: "429 with `Retry-After` of one day", behaviour: "retry-after-a-day" },
  { fault: "503 forever", behaviour: "unavailable" },
  { fault: "400 forever", behaviour: "refuses" },
  {
    fault: "absent, queue of 512 overflowing",
    behaviour: "absent",
    options: { queue: { maxSpans: 512 }, batch: { maxSpans: 128, delayMs: 50 } },
  },
];

let ok = true;
if (part === "all") ok = buildStep().failed === 0 && run("vitest", ["run", "--project", "faults"]);
if (part !== "latency") printRecords();
if (part !== "table") ok = (await printLatency()) && ok;
process.exit(ok ? 0 : 1);

function printRecords(): void {
  const rows = readdirSync(recordFolder)
    .sort()
    .map((file) => JSON.parse(readFileSync(join(recordFolder, file), "utf8")) as FaultRecord);
  printTable(
    ["fault", "what clients saw", "lost", "log lines"],
    rows.map(({ fault, seen, lost, lines }) => [fault, seen, lost, String(lines)]),
  );
}

async function printLatency(): Promise<boolean> {
  const rows: string[][] = [];
  let within = true;
  for (const latencyFault of latencyFaults) {
    const measured = await measureLatency(latencyFault);
    const { fault, healthyMs, healthyAgainMs, faultyMs, spreadMs, aboveMs, withinSpread, errors } = measured;
    within &&= withinSpread && errors === 0;
    const ms = (value: number): string => value.toFixed(2);
    rows.push([
      fault,
      ms(healthyMs),
      ms(healthyAgainMs),
      ms(faultyMs),
      ms(aboveMs),
      ms(spreadMs),
      withinSpread ? "yes" : "NO",
      String(errors),
    ]);
  }
  printTable(
    [
      "fault",
      "p99 A, ms",
      "p99 A again, ms",
      "p99 under the fault, ms",
      "above A, ms",
      "A/A spread, ms",
      "within spread",
      "errors",
    ],
    rows,
  );
  return within;
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  console.log(["", line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n"));
}
