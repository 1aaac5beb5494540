// Load on a service while its collector flaps: `pnpm soak` is ten minutes, `pnpm soak 60` one, `pnpm soak 60 5` with another order of faults.
import { soak } from "../test/faults/soak.ts";
import { buildStep } from "./step.ts";

const [seconds = 600, seed = 1] = process.argv.slice(2).map(Number);
if (!(seconds >= 5) || !Number.isInteger(seed)) {
  console.error("Usage: pnpm soak [seconds, at least 5] [seed]");
  process.exit(2);
}
if (buildStep().failed > 0) process.exit(1);
console.log("\n   s  collector   heap MB  RSS MB  accepted  exported  queued  dropped");
const { broken, answers, arrived, again, lines } = await soak({
  seconds,
  seed,
  tell: ({ atSeconds, collector, heapMb, rssMb, accepted, exported, queued, dropped }) => {
    const columns = [
      String(atSeconds).padStart(4),
      ` ${collector.padEnd(10)}`,
      heapMb.toFixed(1).padStart(8),
      rssMb.toFixed(1).padStart(7),
      String(accepted).padStart(9),
      String(exported).padStart(9),
      String(queued).padStart(7),
      String(dropped).padStart(8),
    ];
    console.log(columns.join(" "));
  },
});
console.log(`\n${answers} requests answered, ${arrived} spans arrived, ${again} of them again; ${lines.length} lines:`);
for (const line of lines) console.log(`  ${line}`);
for (const line of broken) console.error(`BROKEN: ${line}`);
console.log(
  broken.length === 0 ? "All accounts are exact, and memory is flat." : `${broken.length} things are broken.`,
);
process.exit(broken.length === 0 ? 0 : 1);
