import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("the contract suite runs on node:test, without another test runner (R-A4)", { timeout: 170_000 }, async () => {
  const file = join(import.meta.dirname, "node-http/with-node-test.ts");
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", file], {
    env,
    timeout: 160_000,
    maxBuffer: 10_000_000,
  });
  const count = (word: string): number => Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(stdout)?.[1]);
  expect(count("pass")).toBeGreaterThan(150);
  expect([count("fail"), count("cancelled"), count("skipped")]).toEqual([0, 0, 0]);
});
