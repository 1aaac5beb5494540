import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { methodNames } from "../../limits/methods.ts";
import { handClock, type HandClock } from "../../metrics/testing/test-metrics.ts";
import { RandomPool, systemRandom } from "../../model/random.ts";
import { Tickets, type TicketsParts } from "./tickets.ts";

const secret = "a secret that only the services know";
const route = { id: 1, template: "/users/:id", options: {} };
const noTrace = (): undefined => undefined;
const callerOf =
  (traceId = "") =>
  (): string =>
    `00-${traceId}-b7ad6b7169203331-01`;
const fuzzRuns = Number(process.env["GOSSAMER_FUZZ_RUNS"] ?? 500);

function office(change: Partial<TicketsParts> = {}): { tickets: Tickets; clock: HandClock } {
  const clock = handClock();
  const tickets = new Tickets({
    secrets: [secret],
    maxChecksPerSecond: 1_000_000,
    clock,
    random: new RandomPool(systemRandom),
    methods: methodNames,
    ...change,
  });
  return { tickets, clock };
}

function signed(text: string): string {
  return `${text}.${createHmac("sha256", secret).update(`gossamer-ticket ${text}`).digest("base64url")}`;
}

describe("a ticket", () => {
  test("is good in every service that knows the secret, for its route and as often as it says (R-S20)", () => {
    const text = office().tickets.make({ route: "GET /users/:id", count: 2, seconds: 60 });
    const { tickets } = office();
    const good = tickets.read(text, noTrace);
    if (good === undefined) expect.fail("the ticket is good");
    expect(tickets.isFor(good, { method: "GET", route })).toBe(true);
    expect(tickets.isFor(good, { method: "POST", route })).toBe(false);
    expect(tickets.isFor(good, { method: "GET", route: undefined, routePending: true })).toBe(false);
    expect([tickets.spend(good), tickets.spend(good), tickets.spend(good)]).toEqual([true, true, false]);
    expect(tickets.counts.snapshot()).toEqual({ "other-route": 1, "before-route": 1, used: 2, spent: 1 });
  });

  test("with any byte changed, added or left out is refused (R-S20)", () => {
    const { tickets } = office();
    const text = tickets.make({ route: "GET /users/:id", count: 3, seconds: 60 });
    for (let i = 0; i < text.length; i++) {
      const others = [...".-_09azAZ".split(""), String.fromCharCode(text.charCodeAt(i) ^ 1), ""].filter(
        (c) => c !== text[i],
      );
      const good = others.filter((c) => tickets.read(text.slice(0, i) + c + text.slice(i + 1), noTrace) !== undefined);
      expect(good, `byte ${i}`).toEqual([]);
    }
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ minLength: 1, maxLength: 8, unit: "binary" }), (at, more) => {
        expect(tickets.read(text.slice(0, at) + more + text.slice(at), noTrace)).toBeUndefined();
      }),
      { numRuns: fuzzRuns },
    );
    expect(tickets.counts.get("used")).toBe(0);
    expect(tickets.read(text, noTrace)).toBeDefined();
  });

  test.each([
    ["of another secret", (text: string) => text, { secrets: ["another secret that is long enough, too"] }, "wrong"],
    ["too long", (text: string) => text + "A".repeat(600), {}, "oversized"],
    ["sent twice, as Node joins it", (text: string) => `${text}, ${text}`, {}, "malformed"],
    ["of no form", () => "let me in", {}, "malformed"],
    ["empty", () => "", {}, "malformed"],
  ])("%s changes nothing and is counted (R-S20)", (_what, change, parts, reason) => {
    const text = office().tickets.make({ route: "*", count: 1, seconds: 60 });
    const { tickets } = office(parts);
    expect(tickets.read(change(text), noTrace)).toBeUndefined();
    expect(tickets.counts.snapshot()).toEqual({ [reason]: 1 });
  });

  test("is good until it expires, and not long before it begins (R-S20)", () => {
    const { tickets, clock } = office();
    const text = tickets.make({ route: "*", count: 1, seconds: 60 });
    expect(office({ clock: handClock(1_700_000_000_123 - 100_000) }).tickets.read(text, noTrace)).toBeUndefined();
    clock.wait(59_000);
    expect(tickets.read(text, noTrace)).toBeDefined();
    clock.wait(3_000);
    expect(tickets.read(text, noTrace)).toBeUndefined();
    expect(tickets.counts.snapshot()).toEqual({ expired: 1 });
  });

  test("that is signed and says what none may say is refused: years, millions, nothing (R-S20)", () => {
    const { tickets } = office();
    const id = "0".repeat(24);
    const any = Buffer.from("*").toString("base64url");
    for (const said of [
      `1.1700000000.1800000000.${any}`,
      `99999.1700000000.1700000060.${any}`,
      `0.1700000000.1700000060.${any}`,
    ]) {
      expect(tickets.read(signed(`t1.${id}.${said}`), noTrace)).toBeUndefined();
    }
    expect(tickets.read(signed(`t1.${id}.1.1700000000.1700000060.${any}`), noTrace)).toBeDefined();
    expect(tickets.counts.snapshot()).toEqual({ malformed: 3 });
  });

  test("of any of several secrets is good, so that they can be changed one service at a time (R-S20)", () => {
    const newer = "the secret that takes the place of it";
    const { tickets } = office({ secrets: [newer, secret] });
    const old = office().tickets.make({ route: "*", count: 1, seconds: 60 });
    const made = tickets.make({ route: "*", count: 1, seconds: 60 });
    expect(tickets.read(old, noTrace)).toBeDefined();
    expect(office({ secrets: [newer] }).tickets.read(made, noTrace)).toBeDefined();
    expect(office().tickets.read(made, noTrace)).toBeUndefined();
  });

  test("cannot cost more than so many signatures a second, however many come (R-S20)", () => {
    const { tickets, clock } = office({ maxChecksPerSecond: 100 });
    const wrong = office({ secrets: ["another secret that is long enough, too"] });
    const text = wrong.tickets.make({ route: "*", count: 1, seconds: 60 });
    for (let i = 0; i < 1_000; i++) tickets.read(text, noTrace);
    expect(tickets.counts.snapshot()).toEqual({ wrong: 100, unchecked: 900 });
    clock.wait(500);
    for (let i = 0; i < 1_000; i++) tickets.read(text, noTrace);
    expect(tickets.counts.get("wrong")).toBe(150);
  });

  test("is refused where a process cannot tell more of them apart, until the old ones have expired (R-S20)", () => {
    const { tickets, clock } = office();
    const use = (): boolean => {
      const good = tickets.read(tickets.make({ route: "*", count: 5, seconds: 60 }), noTrace);
      return good !== undefined && tickets.spend(good);
    };
    for (let i = 0; i < 1_000; i++) expect(use()).toBe(true);
    expect(use()).toBe(false);
    expect(tickets.counts.get("table-full")).toBe(1);
    clock.wait(62_000);
    expect(use()).toBe(true);
  });
});

describe("what goes on with a trace", () => {
  const trace = { t0: 1, t1: 2, t2: 3, t3: 4 };

  test("is good for that trace alone, for a minute, and less often than anybody could misuse (R-S20)", () => {
    const { tickets, clock } = office();
    const good = tickets.read(tickets.make({ route: "GET /users/:id", count: 1, seconds: 600 }), noTrace);
    if (good === undefined) expect.fail("the ticket is good");
    const { traceId = "", text = "" } = tickets.onward(good, trace) ?? {};
    const behind = office().tickets;
    const there = behind.read(text, callerOf(traceId));
    if (there === undefined) expect.fail("it is good in its trace");
    expect(behind.isFor(there, { method: "POST", route: undefined, routePending: true })).toBe(true);
    const uses = Array.from({ length: 100 }, () => behind.spend(there)).filter(Boolean);
    expect(uses).toHaveLength(16);
    expect(behind.read(text, callerOf("f".repeat(32)))).toBeUndefined();
    expect(behind.read(text, noTrace)).toBeUndefined();
    expect(behind.counts.get("other-trace")).toBe(2);
    // What the next service hands on lasts no longer.
    const last = behind.onward(there, { ...trace, t0: 9 });
    if (last === undefined) expect.fail("it is handed on while it is good");
    clock.wait(62_000);
    expect(tickets.read(text, callerOf(traceId))).toBeUndefined();
    expect(tickets.read(last.text, callerOf(last.traceId))).toBeUndefined();
    expect(tickets.counts.get("expired")).toBe(2);
  });

  test("with any byte changed is refused (R-S20)", () => {
    const { tickets } = office();
    const good = tickets.read(tickets.make({ route: "*", count: 1, seconds: 600 }), noTrace);
    if (good === undefined) expect.fail("the ticket is good");
    const { text = "" } = tickets.onward(good, trace) ?? {};
    for (let i = 0; i < text.length; i++) {
      for (const other of "t.-_09azAZ") {
        const changed = text.slice(0, i) + other + text.slice(i + 1);
        if (changed === text) continue;
        // Even if the request said just what the changed one asks.
        expect(tickets.read(changed, callerOf(changed.split(".")[5])), `${i} ${other}`).toBeUndefined();
      }
    }
  });
});
