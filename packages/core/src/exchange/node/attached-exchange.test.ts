import { expect, test, vi } from "vitest";
import { attachExchange, claimRequest, exchangeOf } from "./attached-exchange.ts";

test("the exchange of a request is found by it, and nobody can see, list or copy it (R-A4)", () => {
  const request = { a: 1 };
  const exchange = {} as never;
  attachExchange(request, exchange);
  expect(exchangeOf(request)).toBe(exchange);
  expect([Reflect.ownKeys(request), JSON.stringify(request)]).toEqual([["a"], '{"a":1}']);
  expect(exchangeOf({ ...request })).toBeUndefined();
});

test("a request has one exchange for good: a second is an error of its adapter (R-A4)", () => {
  const request = {};
  attachExchange(request, {} as never);
  expect(() => attachExchange(request, {} as never)).toThrow(TypeError);
});

test("what one copy of the package ties, another finds, and does not tie again (R-A4, R-I10)", async () => {
  vi.resetModules();
  const other = await import("./attached-exchange.ts");
  expect(other.exchangeOf).not.toBe(exchangeOf);
  const request = {};
  const exchange = {} as never;
  other.attachExchange(request, exchange);
  expect(exchangeOf(request)).toBe(exchange);
  expect(claimRequest(request)).toBe(false);
});
