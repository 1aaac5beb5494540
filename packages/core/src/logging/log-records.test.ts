import { expect, test } from "vitest";
import { compileAttributeNames } from "../limits/attribute-names.ts";
import type { LimitSettings } from "../limits/span-limits.ts";
import type { SpanFate } from "../model/exemplar-span.ts";
import { handClock } from "../metrics/testing/test-metrics.ts";
import type { LogRecord } from "../otlp/logs/log-record.ts";
import { Tally } from "../tally/tally.ts";
import type { LineTrace } from "./held-lines.ts";
import type { LogContent, LogLine } from "./log-line.ts";
import { type ActiveSpan, LogRecords } from "./log-records.ts";

const limits: LimitSettings = {
  valueLength: 20,
  truncateMarker: "...",
  arrayItems: 3,
  attributes: 4,
  events: 1,
  links: 1,
  eventAttributes: 1,
  linkAttributes: 1,
  names: compileAttributeNames(
    { filters: [{ remove: "internal.*" }], redact: ["user.email", "token"], removeDebug: false },
    () => {},
  ),
};
const info = 9;
const warn = 13;

function line(
  severityNumber: number,
  content: LogContent | (() => LogContent) = { body: "said" },
  bytes = 10,
): LogLine {
  return {
    severityNumber,
    severityText: "level",
    bytes,
    read: typeof content === "function" ? content : () => content,
  };
}

interface TestTrace {
  finalFate: SpanFate;
}

function trace(finalFate: SpanFate): TestTrace & LineTrace {
  return { t0: 1, t1: 2, t2: 3, t3: 4, flags: finalFate === "written" ? 3 : 2, finalFate };
}

function recordsOf(takes: "sampled" | "all" = "sampled") {
  const clock = handClock();
  const drops = new Tally();
  const out: LogRecord[] = [];
  const timers: (() => void)[] = [];
  let active: ActiveSpan;
  const records = new LogRecords({
    takes,
    limits,
    clock,
    activeSpan: () => active,
    write: (record) => out.push(record),
    drops,
    startTimer(_afterMs, run) {
      timers.push(run);
      return () => {};
    },
  });
  return {
    records,
    drops,
    out,
    clock,
    sink: records.sink({ name: "pino", version: "10" }),
    within(span: ActiveSpan, act: () => void): void {
      active = span;
      act();
      active = undefined;
    },
    ring: () => timers.splice(0).forEach((run) => run()),
  };
}

test("a line leaves with its trace: at once where it is sampled, never where it is not, and unread (R-G6)", () => {
  const { sink, out, records, within } = recordsOf();
  within({ trace: trace("written"), s0: 5, s1: 6 }, () => sink.write(line(info)));
  within({ trace: trace("lost"), s0: 5, s1: 6 }, () =>
    sink.write(
      line(info, () => {
        throw new Error("it was read");
      }),
    ),
  );
  sink.write(line(info));
  expect(out).toMatchObject([{ span: { t0: 1, s1: 6, flags: 3 } }, { span: undefined }]);
  expect(records.unsampled).toBe(1);
});

test("what is no line, or cannot be looked at, is dropped and counted, and reaches nobody as an exception (R-G6)", () => {
  const { sink, out, drops } = recordsOf();
  const shy = new Proxy(line(info), {
    get() {
      throw new Error("do not look");
    },
  });
  for (const odd of [undefined, null, shy]) sink.write(odd as unknown as LogLine);
  expect([out, drops.snapshot()]).toEqual([[], { "unreadable-line": 3 }]);
});

test("a warning leaves whatever becomes of its trace, and with `all` every line does (R-G6)", () => {
  const { sink, out, within } = recordsOf();
  within({ trace: trace("lost"), s0: 5, s1: 6 }, () => sink.write(line(warn)));
  within({ trace: trace("open"), s0: 5, s1: 6 }, () => sink.write(line(warn)));
  expect(out.map(({ span }) => span?.flags)).toEqual([2, 0]);
  const all = recordsOf("all");
  all.within({ trace: trace("lost"), s0: 5, s1: 6 }, () => all.sink.write(line(1)));
  expect(all.out).toHaveLength(1);
});

test("a line of a request that may still be kept waits for its end, with the time of its own (R-G6)", () => {
  const { sink, out, records, within, ring, clock } = recordsOf();
  const kept = trace("open");
  const left = trace("open");
  const spans = [kept, left].map((each) => ({ trace: each, s0: 5, s1: 6 }));
  for (const span of spans) within(span, () => sink.write(line(info)));
  const madeAt = clock.epochMs(clock.now());
  expect(records.held).toBe(2);
  clock.wait(3_000);
  kept.finalFate = "written";
  ring();
  expect(out).toMatchObject([{ epochMs: madeAt, span: { flags: 3 } }]);
  left.finalFate = "lost";
  records.settle();
  expect(records.held).toBe(0);
  expect(records.unsampled).toBe(1);
  expect(out).toHaveLength(1);
});

test("lines that wait are bounded in number and bytes; the oldest go and are counted (R-G6)", () => {
  for (const bytes of [10, 100_000]) {
    const { sink, records, drops, within } = recordsOf();
    const open = { trace: trace("open"), s0: 5, s1: 6 };
    within(open, () => {
      for (let i = 0; i < 5_000; i++) sink.write(line(info, undefined, bytes));
    });
    expect(records.held).toBeLessThanOrEqual(2_048);
    expect(records.heldBytes).toBeLessThanOrEqual(1_048_576);
    expect(drops.get("undecided")).toBe(5_000 - records.held);
    records.close();
    expect(records.held).toBe(0);
    expect(drops.get("undecided")).toBe(5_000);
  }
});

test("limits, filters and redaction hold for log records as for spans, inside of values too (R-G6)", () => {
  const { sink, out } = recordsOf();
  sink.write(
    line(info, {
      body: "said",
      attributes: {
        "internal.id": 1,
        token: "secret",
        user: { email: "a@b.c", id: 7, tags: ["a", "b", "c", "d"] },
        long: "x".repeat(30),
        fourth: null,
        fifth: 5,
        nothing: undefined,
      },
    }),
  );
  expect(out[0]?.attributes).toEqual([
    "token",
    "REDACTED",
    "user",
    { email: "REDACTED", id: 7, tags: ["a", "b", "c"] },
    "long",
    `${"x".repeat(17)}...`,
    "fourth",
    null,
  ]);
  expect(out[0]?.droppedAttributesCount).toBe(1);
});

test("what was thrown is told as the conventions name it, with the stack at its length; what the line says itself wins (R-G6)", () => {
  const { sink, out } = recordsOf();
  const error = new RangeError("too far");
  sink.write(line(17, { body: "failed", exception: error, attributes: { "exception.type": "Mine" } }));
  expect(out[0]?.attributes).toEqual([
    "exception.message",
    "too far",
    "exception.stacktrace",
    error.stack,
    "exception.type",
    "Mine",
  ]);
});

test("bad values are dropped and counted, and nothing reaches the service (R-G6)", () => {
  const { sink, out, drops } = recordsOf();
  const cycle: Record<string, unknown> = { name: "round" };
  cycle["self"] = cycle;
  const hostile = {
    cycle,
    get thrower() {
      throw new Error("no");
    },
    call() {},
    big: 10n,
  };
  sink.write(line(info, { body: Symbol("none"), attributes: hostile }));
  expect(out[0]?.droppedAttributesCount).toBe(2);
  expect(out[0]?.attributes).toContain("big");
  const refusing = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );
  sink.write(line(info, { attributes: refusing }));
  expect(out[1]?.droppedAttributesCount).toBe(1);
  sink.write(
    line(info, () => {
      throw new Error("no JSON");
    }),
  );
  expect(drops.get("unreadable-line")).toBe(1);
  const wide = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`k${i}`, Array.from({ length: 60 }, () => [1, 2])]),
  );
  sink.write(line(info, { body: { wide } }));
  expect(JSON.stringify(out.at(-1)?.body).length).toBeLessThan(20_000);
});
