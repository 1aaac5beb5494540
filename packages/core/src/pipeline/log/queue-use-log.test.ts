import { expect, test } from "vitest";
import { keepLines } from "../testing/pipeline-kit.ts";
import { QueueUseLog } from "./queue-use-log.ts";

test("a queue that passes its warning ratio is one line, and one when it is over, not more than a pair a minute (R-P3)", () => {
  const diagnostics = keepLines();
  const log = new QueueUseLog({ unit: "spans", warningRatio: 0.8, diagnostics });
  const look = (use: number, nowMs: number): void => log.look({ name: "http", use }, nowMs);
  look(0.79, 0);
  look(0.85, 1);
  look(1, 2);
  look(0.6, 3);
  look(0.9, 4);
  look(0.4, 5);
  look(0.9, 6);
  look(0.1, 7);
  expect(diagnostics.lines).toEqual([
    'warn the queue of spans in lane "http" is 85 % full; anything that does not fit is dropped and counted',
    'info the queue of spans in lane "http" has room again',
  ]);
  look(0.9, 60_001);
  expect(diagnostics.lines).toHaveLength(3);
});
