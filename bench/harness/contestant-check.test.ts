import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Contestant } from "../contestants/contestant.ts";
import { Sink } from "../sink/sink.ts";
import { ContestantCheck } from "./contestant-check.ts";
import { loadSubject } from "./load-subject.ts";
import { unpinned } from "./pinning.ts";
import { runRounds } from "./run-rounds.ts";

const sink = await Sink.start();
after(() => sink.stop());

/** Bare and a cheat, with the least that a round can be. */
async function race(cheat: string): Promise<void> {
  const named = [...(cheat === "logs-no-ids" ? [] : ["bare"]), cheat];
  const subjects = await Promise.all(
    named.map((name) => loadSubject<Contestant>(new URL(`./testing/cheats.ts?${name}`, import.meta.url))),
  );
  const check = new ContestantCheck(sink, 500);
  await runRounds(subjects, {
    plan: { rounds: 1, slices: 1, times: 100, warmUpTimes: 100 },
    pinning: unpinned("not pinned"),
    sinkUrl: sink.url,
    progress() {},
    check: (handle, subject, when) => check[when](handle, subject),
  });
}

const findings: readonly (readonly [cheat: string, title: string, found: RegExp])[] = [
  [
    "drops-spans",
    "a contestant that drops spans fails",
    /"drops spans" .*of 520 requests at ratio 1, \d+ server spans/,
  ],
  ["keeps-fewer", "spans that the agent throws away do not count as arrived", /"keeps fewer" .*ratio 1, \d\d server/],
  ["tells-nobody", "a contestant that sends nothing fails where spans are due", /"tells nobody" .*, 0 server spans/],
  ["traces-no-calls", "missing spans of outgoing calls fail", /with 520 server spans, 0 spans of outgoing calls/],
  ["logs-no-ids", "log lines without the ids of their trace fail", /"logs no ids" failed: .*lacks the id of its trace/],
  [
    "answers-otherwise",
    "a contestant that changes a header of the answer fails",
    /"bare" answers differently from|answers differently from "bare"/,
  ],
];

for (const [cheat, title, found] of findings) {
  test(title, async () => {
    await assert.rejects(race(cheat), found);
  });
}

test("a contestant that does its job passes", async () => {
  await race("bare");
});
