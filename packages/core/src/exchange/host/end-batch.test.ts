import { context as contexts, trace } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { countsOf } from "../../metrics/testing/test-metrics.ts";
import { attributesOf, testHost, type TestHost, type TestHostSettings } from "../../testing/test-exchange.ts";
import type { Exchange } from "../exchange.ts";
import { TokenBucket } from "../../sampling/threshold/token-bucket.ts";
import { EndBatch, type WaitingEnd } from "./end-batch.ts";

const done = { statusCode: 200, completed: true };
const size = 32;
const fewest = 16;

function countedBy({ metrics }: TestHost): number {
  return countsOf(metrics).reduce((sum, [, count]) => sum + count, 0);
}

function batchHost(
  settings: TestHostSettings = {},
): TestHost & { ends: EndBatch; begun(): Exchange; serve(times: number): void } {
  const ends = new EndBatch();
  const host = testHost({ ...settings, change: { ...settings.change, ends } });
  const begun = (): Exchange => host.begin({ target: "/orders/7" }, { isReadableLater: true });
  return {
    ...host,
    ends,
    begun,
    serve(times) {
      for (let i = 0; i < times; i++) begun().end(done);
    },
  };
}

describe("whose ends wait", () => {
  test("those of a service that answers fewer than 16 requests a second do not (R-M1)", () => {
    const host = batchHost();
    for (let second = 0; second < 5; second++) {
      host.serve(fewest - 1);
      expect(host.ends.waiting).toBe(0);
      host.ends.rest();
    }
    expect(countedBy(host)).toBe(5 * (fewest - 1));
  });

  test("a busy service's are done 32 at a time, and what is left of them within a second, after which a quiet service waits no more (R-P10, R-M1)", () => {
    const host = batchHost();
    host.serve(fewest);
    expect(host.ends.waiting).toBe(0);
    host.serve(size - 1);
    expect([host.ends.waiting, countedBy(host)]).toEqual([size - 1, fewest]);
    host.serve(1);
    expect([host.ends.waiting, countedBy(host)]).toEqual([0, fewest + size]);
    host.serve(3);
    host.ends.rest();
    expect([host.ends.waiting, countedBy(host)]).toEqual([0, fewest + size + 3]);
    host.serve(3);
    expect(host.ends.waiting).toBe(3);
    host.ends.rest();
    host.serve(3);
    expect([host.ends.waiting, countedBy(host)]).toEqual([0, fewest + size + 9]);
  });

  test("a stream, a request whose client left, one with spans below it and one that cannot be read later end by themselves (R-M2)", () => {
    const host = batchHost({ sampler: () => true });
    host.serve(fewest);
    const stream = host.begun();
    stream.headersSent(true);
    stream.end(done);
    host.begun().end({ statusCode: undefined, completed: false });
    const parent = host.begun();
    parent.run(() => host.tracer.startSpan("query").end());
    parent.end(done);
    host.begin({ target: "/pooled" }).end(done);
    expect(host.ends.waiting).toBe(0);
    expect(countedBy(host)).toBe(fewest + 4);
  });

  test("a request at which something was thrown ends by itself: what its error says may be another thing a moment later (R-M2)", () => {
    const host = batchHost();
    host.serve(fewest);
    const error = new Error("no stock");
    const failed = host.begun();
    failed.failed(error);
    failed.end({ statusCode: 500, completed: true });
    error.message = "used again";
    host.ends.settle();
    expect(host.written.map(({ statusMessage }) => statusMessage)).toEqual(["no stock"]);
  });

  test("nothing waits once it was stopped (R-P9)", () => {
    const host = batchHost();
    host.serve(fewest + 5);
    host.ends.stop();
    expect([host.ends.waiting, countedBy(host)]).toEqual([0, fewest + 5]);
    host.serve(3 * size);
    host.ends.rest();
    host.serve(size);
    expect([host.ends.waiting, countedBy(host)]).toEqual([0, fewest + 4 * size + 5]);
  });
});

describe("whoever asks of a request that waits", () => {
  const ask: Readonly<Record<string, (exchange: Exchange, host: TestHost) => unknown>> = {
    "its flags": (exchange) => exchange.flags,
    "its decision": (exchange) => exchange.decision.sampled,
    "its trace state": (exchange) => exchange.traceState,
    "whether its span is written": (exchange) => [exchange.fate, exchange.finalFate],
    "for its span": (exchange) => exchange.span.spanContext().traceFlags,
    "for a span below it": (exchange, { tracer }) => {
      const span = contexts.with(exchange, () => tracer.startSpan("late", {}, exchange));
      const recording = span.isRecording();
      span.end();
      return [recording, trace.getSpan(exchange)?.isRecording()];
    },
  };
  for (const sampled of [true, false]) {
    for (const [what, question] of Object.entries(ask)) {
      test(`hears ${what} as of one that has ended by itself, ${sampled ? "sampled" : "not sampled"} (R-S2)`, () => {
        const waiting = batchHost({ sampler: () => sampled });
        waiting.serve(fewest + 4);
        const exchange = waiting.begun();
        exchange.end(done);
        expect(waiting.ends.waiting).toBe(5);
        const alone = testHost({ sampler: () => sampled });
        const other = alone.begin({ target: "/orders/7" });
        other.end(done);
        expect(question(exchange, waiting)).toEqual(question(other, alone));
        expect([waiting.ends.waiting, countedBy(waiting)]).toEqual([0, fewest + 5]);
      });
    }
  }
});

test("failures and sampled requests that wait take from the limit of spans in the order in which they ended (R-S8)", () => {
  const spanLimit = new TokenBucket(2);
  const sampler = (facts: { header(name: string): string | undefined }): boolean =>
    facts.header("x-sampled") === "yes" && spanLimit.take(1, 0);
  const host = batchHost({ sampler, keep: { spanLimit } });
  host.serve(fewest);
  host.begun().end({ statusCode: 503, completed: true });
  for (let i = 0; i < 3; i++)
    host
      .begin({ headers: { "x-sampled": "yes" } }, { isReadableLater: true })
      .end({ statusCode: 200, completed: true });
  expect(host.ends.waiting).toBe(4);
  host.ends.settle();
  expect(host.written.map((span) => attributesOf(span)["http.response.status_code"])).toEqual([503, 200]);
});

describe("ends that are being done", () => {
  interface Recorded extends WaitingEnd {
    did: string[];
  }
  const recorded = (during: (step: string) => void = () => {}): Recorded => {
    const did: string[] = [];
    const step = (name: string): void => {
      did.push(name);
      during(name);
    };
    return {
      did,
      conclude(outcome) {
        step("conclude");
        return outcome;
      },
      writeSpan: () => step("write"),
      tell: () => step("tell"),
      release: () => step("release"),
    };
  };
  const steps = ["conclude", "write", "tell", "release"];
  const busy = (): EndBatch => {
    const ends = new EndBatch();
    for (let i = 0; i < fewest; i++) ends.take(recorded(), done, 0);
    return ends;
  };

  test.each(steps.slice(1))(
    "are all done before whoever asks for that in the middle of a %s goes on, each once (R-P9)",
    (asking) => {
      const ends = busy();
      const others = Array.from({ length: 4 }, () => recorded());
      const seen: string[][] = [];
      const one = recorded((step) => {
        if (step !== asking) return;
        ends.settle();
        seen.push(...others.map(({ did }) => [...did]));
      });
      const waiting = [...others.slice(0, 2), one, ...others.slice(2)];
      for (const end of waiting) expect(ends.take(end, done, 0)).toBe(true);
      ends.settle();
      expect(seen).toEqual(others.map(() => steps));
      expect(waiting.map(({ did }) => did.toSorted())).toEqual(waiting.map(() => steps.toSorted()));
      expect(ends.take(recorded(), done, 0)).toBe(true);
      expect(ends.waiting).toBe(1);
    },
  );

  test.each(steps)("go on with the next call where a %s threw, for the stack had no room (R-P9)", (throwing) => {
    const ends = busy();
    const one = recorded((step) => {
      if (step === throwing) throw new RangeError("Maximum call stack size exceeded");
    });
    const others = Array.from({ length: 3 }, () => recorded());
    for (const end of [one, ...others]) ends.take(end, done, 0);
    expect(() => ends.settle()).toThrow(RangeError);
    ends.settle();
    expect(others.map(({ did }) => did)).toEqual(others.map(() => steps));
    expect(ends.waiting).toBe(0);
    expect(ends.take(recorded(), done, 0)).toBe(true);
  });
});

test("a request that cannot be read any more is counted, and costs the others nothing (R-M1)", () => {
  const host = batchHost({ sampler: () => true });
  host.serve(fewest);
  let isGone = false;
  const target = (): string => {
    if (isGone) throw new Error("the connection is gone");
    return "/broken";
  };
  const broken = host.begin({}, { isReadableLater: true, target });
  broken.end(done);
  isGone = true;
  host.serve(size - 1);
  expect([host.ends.waiting, countedBy(host), host.written.length]).toEqual([0, fewest + size, fewest + size - 1]);
  expect(host.drops.snapshot()).toEqual({ "unreadable-request": 1 });
});
