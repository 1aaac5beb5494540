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

test("a lazy thenable, such as a query builder, is handed back and not run (A7)", async () => {
  let runs = 0;
  const query = {
    // oxlint-disable-next-line unicorn/no-thenable -- query builders are such objects
    then<A>(resolve: (rows: string[]) => A): Promise<A> {
      runs++;
      return Promise.resolve(["row"]).then(resolve);
    },
  };
  const { result, written } = run(() => query as unknown as Promise<string[]>);
  await turn();
  expect(result).toBe(query);
  expect([runs, written.length]).toEqual([0, 1]);
  expect(await result).toEqual(["row"]);
  expect(runs).toBe(1);
});

test("a lazy promise, whose class runs when it is asked, is not asked (A7)", async () => {
  let runs = 0;
  class LazyPromise<T> extends Promise<T> {
    // oxlint-disable-next-line unicorn/no-thenable -- some libraries have such promises
    override then<A = T, B = never>(...taken: Parameters<Promise<T>["then"]>): Promise<A | B> {
      runs++;
      return super.then(...taken) as Promise<A | B>;
    }
  }
  const lazy = new LazyPromise<string>((resolve) => resolve("row"));
  const { result, written } = run(() => lazy);
  await turn();
  expect(result).toBe(lazy);
  expect([runs, written.length]).toEqual([0, 1]);
});

const ways: readonly (readonly [string, (promise: Promise<string>) => Promise<unknown>])[] = [
  ["await", async (promise) => await promise],
  ["then", (promise) => promise.then((value) => value)],
  ["catch", (promise) => promise.catch(() => "caught")],
  ["finally", (promise) => promise.finally(() => {})],
  ["Promise.all", (promise) => Promise.all([promise, Promise.resolve(7)])],
  ["Promise.race", (promise) => Promise.race([promise, new Promise(() => {})])],
  ["a promise that follows it", (promise) => new Promise((resolve) => resolve(promise))],
  ["an async function that returns it", (promise) => (async () => promise)()],
];

test.each(ways)(
  "the promise that comes back is the one that was given, and %s takes it as ever (A6)",
  async (_how, take) => {
    for (const settles of ["at once", "later"]) {
      const later = withResolvers<string>();
      if (settles === "at once") later.resolve("done");
      const { result, written } = run(() => later.promise);
      expect(result).toBe(later.promise);
      const taken = take(result);
      later.resolve("done");
      await taken;
      // It is as it was: nothing of ours stays on it.
      expect(Reflect.ownKeys(result)).toEqual([]);
      expect(written).toMatchObject([{ statusCode: 0 }]);
    }
  },
);

test("a rejection that its owner handles elsewhere, before or after, is none that nobody handles (A6)", async () => {
  const { unhandled } = await watchingUnhandled(async () => {
    const error = new RangeError("on purpose");
    const before = Promise.reject(error);
    before.catch(() => {});
    expect(run(() => before).result).toBe(before);
    const later = withResolvers<never>();
    later.promise.catch(() => {});
    const first = run(() => later.promise);
    await turn();
    later.reject(error);
    await expect.poll(() => first.written).toMatchObject([{ statusCode: 2 }]);
    const after = run(() => Promise.reject(error));
    after.result.catch(() => {});
    await turn();
    expect(after.written).toMatchObject([{ statusCode: 2, attributes: ["error.type", "RangeError"] }]);
  });
  expect(unhandled).toEqual([]);
});

test("a rejection that nobody handles is told by Node once, whenever it comes, and ends its span (A6)", async () => {
  const atOnce = new Error("at once");
  const soon = new Error("soon");
  const { unhandled, handledLate } = await watchingUnhandled(async () => {
    const first = run(() => Promise.reject(atOnce));
    const second = run(async () => {
      await turn();
      throw soon;
    });
    await expect.poll(() => [first.written.length, second.written.length]).toEqual([1, 1]);
    expect(second.written).toMatchObject([{ statusCode: 2, attributes: ["error.type", "Error"] }]);
    await turn();
  });
  expect(unhandled).toEqual([atOnce, soon]);
  expect(handledLate).toBe(0);
});

test("the span of a promise that nobody takes ends soon after it (A6)", async () => {
  const { result, written } = run(() => new Promise((resolve) => setTimeout(resolve, 40)));
  await expect.poll(() => written.length, { interval: 5 }).toBe(1);
  expect(written[0]!.endMs - written[0]!.startMs).toBeLessThan(2_000);
  expect(Reflect.ownKeys(result)).toEqual([]);
});

test("two spans around one promise end both, and a promise that cannot be changed comes back as well (A6)", async () => {
  const { tracer, written } = testTracing();
  const inner = withResolvers<string>();
  const result = runInSpan(tracer.startSpan("outer"), () => runInSpan(tracer.startSpan("inner"), () => inner.promise));
  expect(result).toBe(inner.promise);
  inner.resolve("done");
  await result;
  expect(written.map(({ name }) => name)).toEqual(["inner", "outer"]);
  const frozen = Object.freeze(Promise.resolve("ice"));
  expect(run(() => frozen).result).toBe(frozen);
});

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let settle!: { resolve: (value: T) => void; reject: (reason: unknown) => void };
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
}

/** A turn of the event loop, in which Node tells of rejections that nobody handled. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

async function watchingUnhandled(act: () => Promise<void>): Promise<{ unhandled: unknown[]; handledLate: number }> {
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  const unhandled: unknown[] = [];
  let handledLate = 0;
  const take = (reason: unknown): void => void unhandled.push(reason);
  const late = (): void => void handledLate++;
  process.on("unhandledRejection", take).on("rejectionHandled", late);
  try {
    await act();
    await turn();
  } finally {
    process.off("unhandledRejection", take).off("rejectionHandled", late);
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
  return { unhandled, handledLate };
}

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

class DeclinedError extends Error {}
class NamedError extends Error {
  override name = "PaymentError";
}

test.for<[string, unknown, string]>([
  ["an error of the language", new RangeError("too far"), "RangeError"],
  ["a class of the service's own", new DeclinedError("declined: card 4000"), "DeclinedError"],
  ["one with a name of its own", new NamedError("declined"), "PaymentError"],
  ["one without a message", new DeclinedError(), "DeclinedError"],
  ["one of several lines", new RangeError("too\nfar"), "RangeError"],
  ["one with members", Object.assign(new RangeError("too far"), { code: "EFAR" }), "RangeError"],
  ["an error without a stack", Object.assign(new RangeError("too far"), { stack: undefined }), "RangeError"],
  ["a stack that begins with other words", Object.assign(new Error("x"), { stack: "secret words: a" }), "_OTHER"],
  ["a text", "declined", "_OTHER"],
  ["nothing", undefined, "_OTHER"],
  ["a number", 7, "_OTHER"],
])(
  "a rejection that is handled later than a tick has its class, and nothing else of it: %s (A6, C21)",
  async ([, reason, type]) => {
    await watchingUnhandled(async () => {
      const late = run(async () => {
        await turn();
        throw reason;
      });
      await expect.poll(() => late.written).toHaveLength(1);
      expect(late.written).toMatchObject([{ statusCode: 2, statusMessage: "", attributes: ["error.type", type] }]);
      late.result.catch(() => {});
      await turn();
    });
  },
);

test("a promise that waits for its owner has no property of its own, and whatever inherits from it finds its class (A6)", async () => {
  let resolve: (value: number) => void = () => {};
  const promise = new Promise<number>((settle) => (resolve = settle));
  const { result, written } = run(() => promise);
  expect(Reflect.ownKeys(promise)).toEqual([]);
  expect(promise).toBeInstanceOf(Promise);
  expect((Object.create(promise) as Promise<number>).constructor).toBe(Promise);
  expect(written).toEqual([]);
  resolve(7);
  expect(await result).toBe(7);
  expect(Object.getPrototypeOf(promise)).toBe(Promise.prototype);
  expect(written).toHaveLength(1);
});
