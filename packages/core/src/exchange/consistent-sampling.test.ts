import { expect, test } from "vitest";
import type { Sampler } from "../model/sampling/sampler.ts";
import { parentBased } from "../sampling/samplers/parent-based.ts";
import { ratio } from "../sampling/samplers/ratio.ts";
import { seededRandom } from "../sampling/testing/seeded-random.ts";
import { readOtelState } from "../sampling/threshold/tracestate.ts";
import { shareOf, thresholdOf } from "../sampling/threshold/threshold.ts";
import { testHost } from "../testing/test-exchange.ts";
import { formatTraceparent } from "../tracing/propagation/traceparent.ts";

const traces = 100_000;
const done = { statusCode: 200, completed: true };

/** A service that decides by a ratio of its own, for roots alone or whoever calls. */
function service(share: number, alone: boolean) {
  const own: Sampler = ratio(share);
  const sampler = alone
    ? parentBased({ root: own, remoteSampled: own, remoteNotSampled: own })
    : parentBased({ root: own });
  return { threshold: thresholdOf(share)!, alone, ...testHost({ sampler, keep: { maxPerSecond: 0 } }) };
}

interface Hop {
  readonly sampled: boolean;
  /** Of its own threshold, if that decided. */
  readonly share: number | undefined;
}

test("over trees of services, whoever is sampled under a threshold has every ancestor with a lower one (R-S1)", () => {
  const random = seededRandom(11);
  const shares = [1, 0.9, 0.5, 0.25, 0.1, 0.03, 0.01, 0.001];
  const services = shares.flatMap((share) => [service(share, true), service(share, false)]);
  const draw = (): (typeof services)[number] => services[Math.floor(random() * services.length)]!;
  let checked = 0;
  let lost = 0;
  let changed = 0;

  function call(ancestors: readonly Hop[], headers: Record<string, string>, given: string | undefined): void {
    const { begin, threshold, alone } = draw();
    const exchange = begin({ headers });
    const sampled = (exchange.flags & 1) === 1;
    const { traceState } = exchange;
    const state = readOtelState(traceState);
    if (given !== undefined && !traceState.includes(`rv:${given}`)) changed++;
    if (sampled && state?.threshold !== undefined) {
      const share = shareOf(state.threshold);
      for (const ancestor of ancestors) {
        if (ancestor.share === undefined || ancestor.share < share) continue;
        checked++;
        if (!ancestor.sampled) lost++;
      }
    }
    const decidedAlone = alone || (ancestors.length === 0 && given === undefined);
    const hop: Hop = { sampled, share: decidedAlone ? shareOf(threshold.text) : undefined };
    const next = { traceparent: formatTraceparent(exchange, exchange.flags), tracestate: traceState };
    const children = ancestors.length >= 4 ? 0 : Math.floor(random() * 2.2);
    for (let child = 0; child < children; child++) call([...ancestors, hop], next, given);
    exchange.end(done);
  }

  for (let i = 0; i < traces; i++) {
    // Some come from a client that drew R itself.
    const given =
      i % 10 === 0
        ? Math.floor(random() * 2 ** 48)
            .toString(16)
            .padStart(14, "0")
        : undefined;
    const headers: Record<string, string> =
      given === undefined
        ? {}
        : {
            traceparent: `00-${"1".repeat(31)}${(i % 15).toString(16)}-00f067aa0ba902b7-00`,
            tracestate: `ot=rv:${given},other=1`,
          };
    call([], headers, given);
  }
  expect({ lost, changed }).toEqual({ lost: 0, changed: 0 });
  expect(checked).toBeGreaterThan(10_000);
}, 180_000);

test("rv decides where it is given, in place of the trace id, and goes on unchanged (R-S1)", () => {
  const { begin } = testHost({ sampler: half() });
  const traceparent = "00-ffffffffffffffffffffffffffffffff-00f067aa0ba902b7-00";
  const low = begin({ headers: { traceparent, tracestate: "ot=rv:7fffffffffffff" } });
  expect([low.flags & 1, low.traceState]).toEqual([0, "ot=rv:7fffffffffffff"]);
  const high = begin({
    headers: {
      traceparent: traceparent.replaceAll("f".repeat(32), `${"0".repeat(31)}1`),
      tracestate: "ot=rv:80000000000000",
    },
  });
  expect([high.flags & 1, high.traceState]).toEqual([1, "ot=th:8;rv:80000000000000"]);
});

function half(): Sampler {
  const own = ratio(0.5);
  return parentBased({ root: own, remoteSampled: own, remoteNotSampled: own });
}
