import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StrategyError } from "./message-members.ts";
import { readStrategyAnswer, readStrategyMessage, strategyQuestion } from "./strategy-answer.ts";

const none = { operations: [], minPerSecond: 0, maxPerSecond: undefined };

describe("an answer of a sampling endpoint", () => {
  test.each<[string, unknown, unknown]>([
    ["by name", { strategyType: "PROBABILISTIC", probabilisticSampling: { samplingRate: 0.25 } }, 0.25],
    ["by number", { strategyType: 0, probabilisticSampling: { samplingRate: 0.25 } }, 0.25],
    ["without a type", { probabilisticSampling: { samplingRate: 0.25 } }, 0.25],
    ["in snake case", { strategy_type: "PROBABILISTIC", probabilistic_sampling: { sampling_rate: 0.25 } }, 0.25],
    ["with the number as a text", { probabilisticSampling: { samplingRate: "2.5e-1" } }, 0.25],
    ["with nulls", { strategyType: null, probabilisticSampling: { samplingRate: 1 }, operationSampling: null }, 1],
    ["whose zero is left out", { strategyType: "PROBABILISTIC", probabilisticSampling: {} }, 0],
    ["with more than is known", { probabilisticSampling: { samplingRate: 1, seed: 7 }, revision: "a" }, 1],
  ])("of a share is read %s (R-S17)", (_, answer, ratio) => {
    expect(readStrategyAnswer(answer)).toEqual({ ...none, otherwise: { kind: "ratio", ratio } });
  });

  test.each<[string, unknown]>([
    ["by name", { strategyType: "RATE_LIMITING", rateLimitingSampling: { maxTracesPerSecond: 5 } }],
    ["by number", { strategyType: 1, rateLimitingSampling: { maxTracesPerSecond: "5" } }],
    ["without a type", { rate_limiting_sampling: { max_traces_per_second: 5 } }],
  ])("of a rate is read %s (R-S17)", (_, answer) => {
    expect(readStrategyAnswer(answer)).toEqual({ ...none, otherwise: { kind: "rate-limit", perSecond: 5 } });
  });

  const operationSampling = {
    defaultSamplingProbability: 0.001,
    defaultLowerBoundTracesPerSecond: 0.5,
    defaultUpperBoundTracesPerSecond: 20,
    perOperationStrategies: [{ operation: "GET /users/:id", probabilisticSampling: { samplingRate: 0.5 } }],
  };
  const operations = [{ operation: "GET /users/:id", wanted: { kind: "ratio", ratio: 0.5 } }];

  test("of operations has their default and bounds (R-S17)", () => {
    expect(readStrategyAnswer({ probabilisticSampling: { samplingRate: 1 }, operationSampling })).toEqual({
      otherwise: { kind: "ratio", ratio: 0.001 },
      operations,
      minPerSecond: 0.5,
      maxPerSecond: 20,
    });
  });

  test("whose bounds are 0, as a sender leaves them that has none, has none (R-S17)", () => {
    const unbound = { defaultUpperBoundTracesPerSecond: 0, defaultLowerBoundTracesPerSecond: 0 };
    expect(readStrategyAnswer({ operationSampling: unbound })).toEqual({
      ...none,
      otherwise: { kind: "ratio", ratio: 0 },
    });
  });

  test("of operations beside a rate has the rate for all others, as whoever wrote it meant (R-S17)", () => {
    const answer = {
      strategyType: "RATE_LIMITING",
      rateLimitingSampling: { maxTracesPerSecond: 3 },
      operationSampling,
    };
    expect(readStrategyAnswer(answer)).toMatchObject({ otherwise: { kind: "rate-limit", perSecond: 3 }, operations });
  });

  test.each<[unknown, string]>([
    [{}, "it has no probabilisticSampling"],
    [[], "it must be an object, got an array"],
    ["PROBABILISTIC", "it must be an object, got 'PROBABILISTIC'"],
    [null, "it must be an object, got null"],
    [{ strategyType: "ALWAYS" }, `strategyType must be "PROBABILISTIC" or "RATE_LIMITING", got 'ALWAYS'`],
    [{ strategyType: "RATE_LIMITING" }, "it has no rateLimitingSampling"],
    [
      { probabilisticSampling: { samplingRate: 2 } },
      "probabilisticSampling.samplingRate must be a number from 0 to 1, got 2",
    ],
    [
      { probabilisticSampling: { samplingRate: "NaN" } },
      "probabilisticSampling.samplingRate must be a number from 0 to 1, got 'NaN'",
    ],
    [
      { probabilisticSampling: { samplingRat: 0.5 } },
      'probabilisticSampling.samplingRat is unknown; did you mean "samplingRate"?',
    ],
    [{ probabilistic_samplin: {} }, 'probabilistic_samplin is unknown; did you mean "probabilistic_sampling"?'],
    [
      { probabilisticSampling: { samplingRate: 1, sampling_rate: 0 } },
      "probabilisticSampling.samplingRate is there twice",
    ],
    [
      { rateLimitingSampling: { maxTracesPerSecond: -1 } },
      "rateLimitingSampling.maxTracesPerSecond must be a number from 0 to 1000000000, got -1",
    ],
    [
      { operationSampling: { perOperationStrategies: {} } },
      "operationSampling.perOperationStrategies must be a list, got an object",
    ],
    [
      { operationSampling: { perOperationStrategies: [{ operation: "" }] } },
      "operationSampling.perOperationStrategies[0].operation must be a string that is not empty, got ''",
    ],
    [
      { operationSampling: { perOperationStrategies: [{ operation: "GET /" }] } },
      "operationSampling.perOperationStrategies[0] has no probabilisticSampling",
    ],
  ])("that is wrong names what is: %j (R-S17)", (answer, message) => {
    expect(() => readStrategyAnswer(answer)).toThrow(message);
  });

  test("of whatever kind is a strategy in bounds or an error (R-S17)", () => {
    const ratio = fc.oneof(fc.double(), fc.string(), fc.constant(0.5), fc.anything());
    const answers = fc.record(
      {
        strategyType: fc.oneof(fc.constantFrom("PROBABILISTIC", "RATE_LIMITING", 0, 1), fc.anything()),
        probabilisticSampling: fc.oneof(fc.record({ samplingRate: ratio }, { requiredKeys: [] }), fc.anything()),
        rateLimitingSampling: fc.oneof(fc.record({ maxTracesPerSecond: ratio }), fc.anything()),
        operationSampling: fc.oneof(
          fc.record({ defaultSamplingProbability: ratio, perOperationStrategies: fc.array(fc.anything()) }),
          fc.anything(),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(answers, (answer) => {
        try {
          const { otherwise } = readStrategyAnswer(answer);
          if (otherwise.kind === "ratio") expect(otherwise.ratio >= 0 && otherwise.ratio <= 1).toBe(true);
          else expect(otherwise.perSecond >= 0 && Number.isFinite(otherwise.perSecond)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(StrategyError);
        }
      }),
    );
  });
});

describe("in protobuf's bytes", () => {
  const double = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  };
  const field = (number: number, value: Buffer): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
  const fixed = (number: number, value: number): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 1]), double(value)]);

  test("an answer is the same strategy (R-S17)", () => {
    const operation = Buffer.concat([field(1, Buffer.from("GET /a")), field(2, fixed(1, 0.5))]);
    const bytes = Buffer.concat([
      Buffer.from([0x08, 0x00]),
      field(2, fixed(1, 0.25)),
      field(4, Buffer.concat([fixed(1, 0.125), fixed(2, 0.1), field(3, operation), field(3, operation), fixed(4, 9)])),
      // What a newer server may say too.
      field(15, Buffer.from("new")),
    ]);
    const wanted = { operation: "GET /a", wanted: { kind: "ratio", ratio: 0.5 } };
    expect(readStrategyMessage(bytes)).toEqual({
      otherwise: { kind: "ratio", ratio: 0.125 },
      operations: [wanted, wanted],
      minPerSecond: 0.1,
      maxPerSecond: 9,
    });
    expect(
      readStrategyMessage(Buffer.concat([Buffer.from([0x08, 0x01]), field(3, Buffer.from([0x08, 0x07]))])),
    ).toEqual({ ...none, otherwise: { kind: "rate-limit", perSecond: 7 } });
  });

  test("an empty one says nothing, and is none (R-S17)", () => {
    expect(() => readStrategyMessage(new Uint8Array())).toThrow("it has no probabilisticSampling");
  });

  test("any bytes are a strategy or an Error (R-S17)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readStrategyMessage(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });

  test("the question names the service, however long it is called (R-S17)", () => {
    expect([...strategyQuestion("shop")]).toEqual([0x0a, 4, ...Buffer.from("shop")]);
    const long = strategyQuestion("s".repeat(300));
    expect([...long.subarray(0, 3)]).toEqual([0x0a, 0xac, 0x02]);
    expect(long).toHaveLength(303);
  });
});
