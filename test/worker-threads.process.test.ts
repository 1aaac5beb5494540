import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Said {
  readonly instance: string;
  readonly spans: Readonly<Record<string, number>>;
  readonly signals: readonly number[];
}

test("each worker thread has an engine, accounts and an instance id of its own, and signals are heard on the main thread alone (R-P13)", () => {
  const fixture = join(import.meta.dirname, "fixtures", "worker-engine.mjs");
  const { VITEST: _1, VITEST_WORKER_ID: _2, NODE_ENV: _3, ...env } = process.env;
  const said = JSON.parse(execFileSync(process.execPath, [fixture], { encoding: "utf8", env })) as Said[];
  expect(said).toHaveLength(3);
  expect(new Set(said.map(({ instance }) => instance)).size).toBe(3);
  for (const { instance, spans } of said) {
    expect(instance).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.values(spans).reduce((sum, count) => sum + count, 0)).toBe(1);
  }
  expect(said.map(({ signals }) => signals)).toEqual([
    [1, 1],
    [0, 0],
    [0, 0],
  ]);
});
