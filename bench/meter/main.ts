// What telemetry says of its own cost, beside what it costs: `node bench/meter/main.ts [rounds] [ratio]` after a build.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureOverhead } from "@gossamer/measure";
import type { MeterLine } from "./meter-workload.ts";

const [rounds = 10, ratio = 1] = process.argv.slice(2).map(Number);
const lowest = 0.5;
const highest = 1.2;
const folder = mkdtempSync(join(tmpdir(), "gossamer-meter-"));
const file = join(folder, "lines");
try {
  const { added } = await measureOverhead(new URL("meter-workload.ts", import.meta.url), {
    rounds,
    parts: false,
    requests: 2_000,
    warmUpRequests: 5_000,
    telemetry: { sampleRatio: ratio, overhead: { sampleEvery: 16 } },
    env: { METER_FILE: file },
    onProgress: (line) => console.error(line),
  });
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as MeterLine);
  const said = lines.map(({ requests, directSeconds }) => (directSeconds * 1e6) / requests).toSorted((a, b) => a - b);
  const middle = said[said.length >> 1] ?? Number.NaN;
  const { value: median, low, high } = added.cpuMicros;
  const share = middle / median;
  console.log(`the meter said ${middle.toFixed(1)} µs a request (median of ${said.length} processes)`);
  console.log(`it added       ${median.toFixed(1)} µs of CPU [${low.toFixed(1)}, ${high.toFixed(1)}]`);
  console.log(`meter ÷ added  ${share.toFixed(2)}, meant to be from ${lowest} to ${highest}`);
  process.exitCode = share >= lowest && share <= highest ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
