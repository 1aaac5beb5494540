import fc from "fast-check";
import { expect, test } from "vitest";
import { ratio } from "./ratio.ts";
import { isInRollout, rollout } from "./rollout.ts";
import { facts } from "../testing/facts.ts";

const byUser = { header: "X-User" } as const;

function request(user: string | undefined): ReturnType<typeof facts> {
  return facts({ headers: user === undefined ? {} : { "x-user": user } });
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

test("the same key has the same answer, and raising the ratio never takes one out (R-S13)", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), share, share, (key, salt, a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      expect(isInRollout(key, less, salt)).toBe(isInRollout(key, less, salt));
      if (isInRollout(key, less, salt)) expect(isInRollout(key, more, salt)).toBe(true);
      expect(isInRollout(key, 0, salt)).toBe(false);
      expect(isInRollout(key, 1, salt)).toBe(true);
    }),
  );
});

test.each([
  ["numbers", (i: number) => `${i}`],
  ["uuids", (i: number) => `0f3c9a1e-0000-4000-8000-${i.toString(16).padStart(12, "0")}`],
  ["mail addresses", (i: number) => `user.${i}@example.com`],
])("%s spread evenly over every tenth, with any salt (R-S13)", (_, keyOf) => {
  for (const salt of ["", "spring"]) {
    const places = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      for (let tenth = 9; tenth >= 0; tenth--) {
        if (isInRollout(keyOf(i), (tenth + 1) / 10, salt)) continue;
        places[tenth + 1]!++;
        break;
      }
    }
    places[0] = 20_000 - places.slice(1).reduce((all, count) => all + count, 0);
    // Five standard deviations of a binomial of 20,000 and a tenth.
    for (const count of places) expect(Math.abs(count - 2_000)).toBeLessThan(5 * Math.sqrt(1_800));
  }
});

test("another salt puts other keys first (R-S13)", () => {
  const inBoth = Array.from({ length: 10_000 }, (_, i) => `user-${i}`).filter(
    (key) => isInRollout(key, 0.1, "a") && isInRollout(key, 0.1, "b"),
  );
  expect(Math.abs(inBoth.length - 100)).toBeLessThan(50);
});

test("its default is 1 % (R-S13)", () => {
  expect(rollout({ key: byUser }).description).toBe("Rollout{0.01,AlwaysOn}");
});

test("without a key a request is outside (R-S13)", () => {
  const sampler = rollout({ ratio: 1, key: byUser });
  expect(sampler.decide(request(undefined))).toEqual({ sampled: false, reason: "rollout" });
  expect(sampler.decide(request(""))).toEqual({ sampled: false, reason: "rollout" });
  expect(sampler.decide(request("ann"))).toMatchObject({ sampled: true, reason: "rollout" });
});

test("inside it another sampler may decide; no threshold is told, because a key decided (R-S13)", () => {
  const sampler = rollout({ ratio: 1, key: byUser, sampler: ratio(0.5) });
  const decision = sampler.decide(facts({ headers: { "x-user": "ann" }, randomHigh: 0xff_ffff }));
  expect(decision).toEqual({ sampled: true, reason: "ratio", ratio: 0.5, threshold: undefined });
  expect(sampler.decide(facts({ headers: { "x-user": "ann" }, randomHigh: 0 })).sampled).toBe(false);
});

test.each([
  [{ attribute: "app.tenant" }, facts({ attributes: { "app.tenant": 7 } })],
  [{ baggage: "tenant" }, facts({ headers: { baggage: "a=1, tenant = se%76en ;p=1" } })],
  [(): string => "seven", facts()],
  [[{ header: "x-none" }, { baggage: "tenant" }], facts({ headers: { baggage: "tenant=1" } })],
])("the key may come from %j (R-S13)", (key, asked) => {
  expect(rollout({ ratio: 1, key }).decide(asked).sampled).toBe(true);
  expect(rollout({ ratio: 0, key }).decide(asked).sampled).toBe(false);
});

test.each<[object, string]>([
  [{ key: byUser, ratio: 1.01 }, 'Option "rollout.ratio" must be a number from 0 to 1, got 1.01.'],
  [
    { key: { cookie: "a" } },
    'Option "rollout.key" must be a function, or one or a list of { attribute }, { header }, { baggage }',
  ],
  [{ key: [] }, 'Option "rollout.key" must be a function, or one or a list of'],
])("%j is an error (R-C3)", (wrong, message) => {
  expect(() => rollout(wrong as never)).toThrow(message);
});
