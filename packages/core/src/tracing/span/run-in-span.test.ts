import { once } from "node:events";
import { expect, test } from "vitest";
import { testTracing } from "../../testing/test-tracing.ts";
import { runInSpan } from "./run-in-span.ts";

function run<T>(fn: () => T): { result: T; written: ReturnType<typeof testTracing>["written"] } {
  const { tracer, written } = testTracing();
  return { result: runInSpan(tracer.startSpan("step"), fn), written };
}

test("the span ends when the function returns, and the value passes unchanged (R-I2)", () => {
  const value = { some: "object" };
  const { result, written } = run(() => value);
  expect(result).toBe(value);
  expect(written).toMatchObject([{ name: "step", statusCode: 0 }]);
});

test("what is thrown ends the span as an error, is told once, and passes unchanged (R-I2, R-G7)", () => {
  const { tracer, written } = testTracing();
  const error = new RangeError("too far");
  expect(() =>
    runInSpan(tracer.startSpan("step"), () => {
      throw error;
    }),
  ).toThrow(error);
  expect(written).toMatchObject([
    { statusCode: 2, statusMessage: "too far", attributes: ["error.type", "RangeError"], events: undefined },
  ]);
});

test("the user's word for an error is its type, and its stack is on no attribute (R-G7)", () => {
  const { tracer, written } = testTracing();
  const error = new Error("card declined");
  expect(() =>
    runInSpan(
      tracer.startSpan("step"),
      () => {
        throw error;
      },
      () => "declined",
    ),
  ).toThrow(error);
  expect(written[0]?.attributes).toEqual(["error.type", "declined"]);
  expect(JSON.stringify(written[0]?.attributes)).not.toContain("run-in-span");
});

test("the span ends when the promise does, with its value (R-I2)", async () => {
  let settle = (_value: string): void => {};
  const { result, written } = run(() => new Promise<string>((resolve) => (settle = resolve)));
  expect(written).toEqual([]);
  settle("done");
  expect(await result).toBe("done");
  expect(written).toHaveLength(1);
});

test("a rejection ends the span as an error, and stays the same rejection (R-I2)", async () => {
  const error = new Error("no");
  const { result, written } = run(() => Promise.reject(error));
  await expect(result).rejects.toBe(error);
  expect(written).toMatchObject([{ statusCode: 2, statusMessage: "no" }]);
});

test("a rejection that nobody handles is still reported by Node (R-I2)", async () => {
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  try {
    const reported = once(process, "unhandledRejection");
    const error = new Error("nobody looks");
    run(() => Promise.reject(error));
    expect((await reported)[0]).toBe(error);
  } finally {
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
});

test("a lazy thenable, such as a query builder, is run once (R-I2)", async () => {
  let runs = 0;
  const query = {
    // oxlint-disable-next-line unicorn/no-thenable -- query builders are such objects
    then<A>(resolve: (rows: string[]) => A): Promise<A> {
      runs++;
      return Promise.resolve(["row"]).then(resolve);
    },
  };
  const { result, written } = run(() => query as unknown as Promise<string[]>);
  expect(await result).toEqual(["row"]);
  expect(runs).toBe(1);
  expect(written).toHaveLength(1);
});

test("an object that does not want to be asked for `then` passes unchanged (R-I2)", () => {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is asked about
  const shy = Object.defineProperty({}, "then", {
    get() {
      throw new Error("hands off");
    },
  });
  const { result, written } = run(() => shy);
  expect(result).toBe(shy);
  expect(written).toMatchObject([{ statusCode: 0 }]);
});

test("odd things that are thrown pass unchanged as well (R-I2)", () => {
  for (const odd of [null, undefined, 0, "text", Object.create(null)]) {
    const { tracer, written } = testTracing();
    let caught: unknown = "nothing";
    try {
      runInSpan(tracer.startSpan("step"), () => {
        throw odd;
      });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(odd);
    expect(written).toMatchObject([{ statusCode: 2 }]);
  }
});
