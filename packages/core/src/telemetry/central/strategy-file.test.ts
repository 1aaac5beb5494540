import { describe, expect, test } from "vitest";
import { isStrategyFile } from "./is-strategy-file.ts";
import { readStrategyFile } from "./strategy-file.ts";

const ratio = (share: number): object => ({ kind: "ratio", ratio: share });

describe("a strategy file", () => {
  const jaeger = {
    default_strategy: {
      type: "probabilistic",
      param: 0.5,
      operation_strategies: [
        { operation: "GET /health", type: "probabilistic", param: 0 },
        { operation: "GET /metrics", type: "probabilistic", param: 0 },
      ],
    },
    service_strategies: [
      {
        service: "shop",
        type: "probabilistic",
        param: 0.8,
        operation_strategies: [
          { operation: "GET /health", type: "probabilistic", param: 1 },
          { operation: "POST /orders", type: "ratelimiting", param: 2 },
        ],
      },
      { service: "mail", type: "ratelimiting", param: 5 },
    ],
  };

  test("of Jaeger's form says what is for one service, its own operations before those of the default (R-S17)", () => {
    expect(isStrategyFile(jaeger)).toBe(true);
    expect(readStrategyFile(jaeger, "shop")).toEqual({
      otherwise: ratio(0.8),
      operations: [
        { operation: "GET /health", wanted: ratio(1) },
        { operation: "POST /orders", wanted: { kind: "rate-limit", perSecond: 2 } },
        { operation: "GET /health", wanted: ratio(0) },
        { operation: "GET /metrics", wanted: ratio(0) },
      ],
      minPerSecond: 0,
      maxPerSecond: undefined,
    });
    expect(readStrategyFile(jaeger, "mail").otherwise).toEqual({ kind: "rate-limit", perSecond: 5 });
    expect(readStrategyFile(jaeger, "other").otherwise).toEqual(ratio(0.5));
  });

  test("may have the longer names, and an adaptive default (R-S17)", () => {
    const file = {
      default_strategy: { type: "adaptive", max_traces_per_second: 100 },
      per_service_strategies: [
        {
          service: "shop",
          type: "probabilistic",
          param: 0.1,
          per_operation_strategies: [{ operation: "GET /users/:id", type: "rate_limiting", max_traces_per_second: 3 }],
        },
      ],
    };
    expect(isStrategyFile(file)).toBe(true);
    expect(readStrategyFile(file, "shop")).toMatchObject({
      otherwise: ratio(0.1),
      operations: [{ operation: "GET /users/:id", wanted: { kind: "rate-limit", perSecond: 3 } }],
    });
    expect(readStrategyFile(file, "other").otherwise).toEqual({ kind: "adaptive", perSecond: 100 });
  });

  test("that speaks of a service's operations alone leaves the rest to the default, and without one to Jaeger's (R-S17)", () => {
    const service = {
      service: "shop",
      operation_strategies: [{ operation: "GET /a", type: "probabilistic", param: 1 }],
    };
    const file = { service_strategies: [service] };
    expect(readStrategyFile(file, "shop")).toMatchObject({
      otherwise: ratio(0.001),
      operations: [{ operation: "GET /a" }],
    });
    const withDefault = { ...file, default_strategy: { type: "probabilistic", param: 0.25 } };
    expect(readStrategyFile(withDefault, "shop").otherwise).toEqual(ratio(0.25));
  });

  test("is none where it has none of its names (R-S17)", () => {
    for (const value of [{ sampleRatio: 1 }, {}, [], null, "default_strategy"])
      expect(isStrategyFile(value)).toBe(false);
  });

  test.each<[string, unknown, string]>([
    [
      "a type",
      { default_strategy: { type: "probablistic", param: 1 } },
      'default_strategy.type must be "probabilistic"',
    ],
    ["no number", { default_strategy: { type: "probabilistic" } }, "default_strategy has no param"],
    [
      "a member",
      { default_strategy: { type: "probabilistic", parm: 1 } },
      'default_strategy.parm is unknown; did you mean "param"?',
    ],
    [
      "a share",
      { default_strategy: { type: "probabilistic", param: 7 } },
      "default_strategy.param must be a number from 0 to 1, got 7",
    ],
    [
      "a rate",
      { default_strategy: { type: "adaptive" } },
      "default_strategy has neither param nor max_traces_per_second",
    ],
    [
      "a service without a name",
      { service_strategies: [{ type: "probabilistic", param: 1 }] },
      "service_strategies[0].service must be a string",
    ],
    [
      "the other's service",
      { service_strategies: [{ service: "other", type: "x" }] },
      "service_strategies[0].type must be",
    ],
    ["both names", { service_strategies: [], per_service_strategies: [] }, "service_strategies is there twice"],
    ["no list", { service_strategies: { shop: 1 } }, "service_strategies must be a list, got an object"],
    [
      "a misspelt list",
      { default_strategy: { type: "probabilistic", param: 1 }, service_stategies: [] },
      'service_stategies is unknown; did you mean "service_strategies"?',
    ],
    [
      "an operation",
      {
        default_strategy: {
          type: "probabilistic",
          param: 1,
          operation_strategies: [{ type: "probabilistic", param: 1 }],
        },
      },
      "default_strategy.operation_strategies[0].operation must be",
    ],
    [
      "a member of no name that Jaeger has",
      { default_strategy: { type: "probabilistic", param: 1 }, services: [] },
      "services is unknown",
    ],
    [
      "rules beside strategies",
      { default_strategy: { type: "probabilistic", param: 1 }, rules: [], sampleRatio: 1 },
      "rules is unknown",
    ],
    [
      "operations of another name",
      { service_strategies: [{ service: "a", type: "probabilistic", param: 1, operations: [] }] },
      "service_strategies[0].operations is unknown",
    ],
    [
      "a member of an operation",
      {
        default_strategy: {
          type: "probabilistic",
          param: 1,
          operation_strategies: [{ operation: "GET /a", type: "probabilistic", param: 1, foo: 1 }],
        },
      },
      "default_strategy.operation_strategies[0].foo is unknown",
    ],
    [
      "a service twice",
      {
        service_strategies: [
          { service: "a", type: "probabilistic", param: 1 },
          { service: "a", type: "probabilistic", param: 0 },
        ],
      },
      "service_strategies[1] is for 'a' a second time",
    ],
    [
      "an operation twice",
      {
        default_strategy: {
          per_operation_strategies: [
            { operation: "GET /a", type: "probabilistic", param: 1 },
            { operation: "GET /a", type: "probabilistic", param: 0 },
          ],
        },
      },
      "default_strategy.per_operation_strategies[1] is for 'GET /a' a second time",
    ],
  ])("with %s that is wrong names the place (R-S17)", (_, file, message) => {
    expect(() => readStrategyFile(file, "shop")).toThrow(message);
  });
});
