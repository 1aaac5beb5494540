import { expect, test } from "vitest";
import { Tally } from "../../tally/tally.ts";
import { Accounts } from "./accounts.ts";
import { CollectorLog } from "../log/collector-log.ts";
import { Drops } from "./drops.ts";
import { LossLog } from "../log/loss-log.ts";
import { keepLines } from "../testing/pipeline-kit.ts";

function create(endpointGiven = true) {
  const diagnostics = keepLines();
  const accounts = new Accounts();
  const collectorLog = new CollectorLog({ collector: "http://test", endpointGiven, diagnostics });
  const drops = new Drops({
    unit: "spans",
    accounts,
    lossLog: new LossLog("spans", diagnostics),
    collectorLog,
    now: () => 0,
  });
  return { drops, accounts, collectorLog, diagnostics };
}

test("a drop is counted by reason, in its lane and in all (R-P3)", () => {
  const { drops, accounts } = create();
  const [one, other] = [{ drops: new Tally() }, { drops: new Tally() }];
  drops.of(one, 3, "queue-full");
  drops.of(other, 2, "queue-full");
  drops.of(one, 1, "refused");
  expect(one.drops.snapshot()).toEqual({ "queue-full": 3, refused: 1 });
  expect(other.drops.snapshot()).toEqual({ "queue-full": 2 });
  expect(accounts.drops.snapshot()).toEqual({ "queue-full": 5, refused: 1 });
});

test("what a store lost is not counted as put away any more (R-P11)", () => {
  const { drops, accounts } = create();
  accounts.spooled = 7;
  drops.ofStore(3, "ring-full");
  expect(accounts.spooled).toBe(4);
  expect(accounts.drops.snapshot()).toEqual({ "ring-full": 3 });
});

test("a loss has one line, and none where another tells of it (R-P3)", () => {
  const { drops, diagnostics } = create();
  const lane = { drops: new Tally() };
  for (const reason of ["refused", "rejected", "shutdown", "emergency"]) drops.of(lane, 1, reason);
  expect(diagnostics.lines).toEqual([]);
  drops.of(lane, 1, "memory");
  drops.of(lane, 1, "queue-full");
  expect(diagnostics.lines).toEqual([
    "warn spans are being dropped (memory); logged once, the number follows when it ends",
  ]);
});

test("a loss has no line where there is no collector and nobody asked for one (R-P15)", () => {
  const { drops, accounts, collectorLog, diagnostics } = create(false);
  collectorLog.failing({}, "connection", "ECONNREFUSED", 0);
  const { length } = diagnostics.lines;
  drops.of({ drops: new Tally() }, 1, "queue-full");
  expect(accounts.drops.snapshot()).toEqual({ "queue-full": 1 });
  expect(diagnostics.lines).toHaveLength(length);
});

test("a batch of which no body can be made is a drop with its error in a line (R-P6)", () => {
  const { drops, diagnostics } = create();
  const lane = { drops: new Tally() };
  drops.unsendable({ lane, items: 4 }, new Error("too deep"));
  expect(lane.drops.snapshot()).toEqual({ encoding: 4 });
  expect(diagnostics.lines).toEqual([expect.stringMatching(/^warn .*4 spans.*too deep/)]);
});
