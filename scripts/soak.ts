// Load on a service while its collector flaps: `pnpm soak` is ten minutes, `pnpm soak 60` one, `pnpm soak 60 5` with another order of faults.
// A run of ten minutes or more leaves its result in docs/soak.md.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { soak } from "../test/faults/soak.ts";
import { soakPage, soakRow } from "./soak-page.ts";
import { buildStep, root } from "./step.ts";

const [seconds = 600, seed = 1] = process.argv.slice(2).map(Number);
if (!(seconds >= 5) || !Number.isInteger(seed)) {
  console.error("Usage: pnpm soak [seconds, at least 5] [seed]");
  process.exit(2);
}
if (buildStep().failed > 0) process.exit(1);
console.log("\n   s  collector   heap MB  RSS MB  accepted  exported  queued  dropped");
const widths = [4, -11, 8, 7, 9, 9, 7, 8];
const result = await soak({
  seconds,
  seed,
  tell: (sample) => {
    const cells = soakRow(sample).map((cell, i) => {
      const width = widths[i] ?? 0;
      return width < 0 ? ` ${cell}`.padEnd(-width) : cell.padStart(width);
    });
    console.log(cells.join(" "));
  },
});
const { broken, answers, arrived, again, lines } = result;
console.log(`\n${answers} requests answered, ${arrived} spans arrived, ${again} of them again; ${lines.length} lines:`);
for (const line of lines) console.log(`  ${line}`);
for (const line of broken) console.error(`BROKEN: ${line}`);
console.log(
  broken.length === 0 ? "All accounts are exact, and memory is flat." : `${broken.length} things are broken.`,
);
if (seconds >= 600) writeFileSync(join(root, "docs/soak.md"), soakPage(result, { seconds, seed }));
process.exit(broken.length === 0 ? 0 : 1);
