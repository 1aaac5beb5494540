import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { soakPage } from "../scripts/soak-page.ts";

const sample = (atSeconds: number, collector = "well") => ({
  atSeconds,
  collector,
  heapMb: 9.44,
  rssMb: 80,
  accepted: atSeconds * 10,
  exported: atSeconds * 9,
  queued: 0,
  dropped: atSeconds,
});
const samples = [...Array.from({ length: 60 }, (_, i) => sample((i + 1) * 10)), sample(601)];
const result = { samples, answers: 6_010, errors: 0, arrived: 5_409, again: 3, lines: ["a", "b"] };

it("the page of a soak shows a row a minute, the end, and that all held (R-P6, R-P11)", () => {
  const page = soakPage({ ...result, broken: [] }, { seconds: 600, seed: 1 });
  const rows = page.split("\n").filter((line) => /^\| \d/.test(line));
  expect(rows.map((row) => row.split(" | ")[0])).toEqual(
    ["60", "120", "180", "240", "300", "360", "420", "480", "540", "601"].map((at) => `| ${at}`),
  );
  expect(rows.at(-1)).toBe("| 601 | well | 9.4 | 80.0 | 6010 | 5409 | 0 | 601 |");
  expect(page).toContain("6,010 requests were answered and 0 were not. 5,409 spans arrived, 3 of them twice");
  expect(page).toContain("accounted for exactly once, and the heap grew by at most 2 MB");
});

it("it says what did not hold (R-P6, R-P11)", () => {
  const page = soakPage({ ...result, broken: ["the heap grew by 3.1 MB"] }, { seconds: 600, seed: 1 });
  expect(page).toContain("- the heap grew by 3.1 MB");
  expect(page).not.toContain("at most 2 MB");
});

it("docs/soak.md is of a run of ten minutes in which all held (R-P6, R-P11)", () => {
  const page = readFileSync(join(import.meta.dirname, "../docs/soak.md"), "utf8");
  expect(Number(/pnpm soak (\d+)/.exec(page)?.[1])).toBeGreaterThanOrEqual(600);
  expect(page).toContain("Every span is accounted for exactly once, and the heap grew by at most 2 MB.");
});
