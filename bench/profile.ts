import { Session } from "node:inspector/promises";
import { parseArgs } from "node:util";
import { loadContestants } from "./contestants/load-contestants.ts";
import { Sink } from "./sink/sink.ts";

/** Where a contestant's time goes: functions by their own share of a CPU profile. For whoever makes it faster; no numbers to quote. */
const { positionals } = parseArgs({ allowPositionals: true });
const wanted = (positionals[0] ?? "Gossamer 0 %").toLowerCase();
const warmUpTimes = 20_000;
const times = 40_000;
const shown = 40;

process.env["NODE_ENV"] = "production";
const found = (await loadContestants()).find(({ subject }) => subject.name.toLowerCase() === wanted);
if (found === undefined) {
  console.error(`No contestant is named "${wanted}".`);
  process.exit(1);
}
const sink = await Sink.start();
const running = await found.subject.setup({ serviceName: "profile", sinkUrl: sink.url });
await running.run(warmUpTimes);

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.setSamplingInterval", { interval: 200 });
await session.post("Profiler.start");
await running.run(times);
const { profile } = await session.post("Profiler.stop");

const selfMicros = new Map<string, number>();
const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
for (const [i, id] of (profile.samples ?? []).entries()) {
  const { functionName = "", url = "", lineNumber = 0 } = nodes.get(id) ?? {};
  const place =
    url === ""
      ? functionName
      : `${functionName || "(anonymous)"} ${url.split("/").slice(-3).join("/")}:${lineNumber + 1}`;
  selfMicros.set(place, (selfMicros.get(place) ?? 0) + (profile.timeDeltas?.[i] ?? 0));
}
for (const [place, micros] of [...selfMicros].sort((a, b) => b[1] - a[1]).slice(0, shown)) {
  console.log(`${(micros / times).toFixed(2).padStart(6)} µs  ${place}`);
}
sink.stop();
process.exit();
