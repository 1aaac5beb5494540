import { expect, it } from "vitest";
import { record } from "./record.ts";
import { soak } from "./soak.ts";

it("under load with a flapping collector: every request is answered, memory is flat, accounts are exact (R-P6, R-P11)", async () => {
  const { broken, answers, arrived, again, samples, lines } = await soak({ seconds: 20, seed: 7 });
  expect(broken).toEqual([]);
  expect(answers).toBeGreaterThan(1_000);
  const { dropped = 0 } = samples.at(-1) ?? {};
  expect(arrived + dropped).toBe(answers);
  record({
    order: 90,
    fault: "20 s of load while the collector alternates between 503, 429, no response, resets and being unreachable",
    seen: `${answers} of ${answers} answered`,
    lost: `${dropped} of ${answers}, counted; ${again} arrived twice`,
    lines: lines.length,
  });
}, 180_000);
