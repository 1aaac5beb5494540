import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { testTracing } from "../../testing/test-tracing.ts";

const key = createContextKey("test");
const a = ROOT_CONTEXT.setValue(key, "a");
const b = ROOT_CONTEXT.setValue(key, "b");

test("outside of everything the root context is active (R-I8)", () => {
  expect(testTracing().contexts.active()).toBe(ROOT_CONTEXT);
});

test("with makes a context active through promises, timers and callbacks, and nests (R-I8)", async () => {
  const { contexts } = testTracing();
  const seen: unknown[] = [];
  const note = (): void => void seen.push(contexts.active().getValue(key));
  await contexts.with(a, async () => {
    note();
    await contexts.with(b, async () => {
      await sleep(1);
      note();
    });
    note();
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        note();
        resolve();
      });
    });
  });
  note();
  expect(seen).toEqual(["a", "b", "a", "a", undefined]);
});

test("with hands on `this`, arguments, the result and what is thrown (R-I8)", () => {
  const { contexts } = testTracing();
  function add(this: { base: number }, one: number, two: number): number {
    return this.base + one + two;
  }
  expect(contexts.with(a, add, { base: 1 }, 2, 3)).toBe(6);
  const error = new Error("thrown");
  expect(() =>
    contexts.with(a, () => {
      throw error;
    }),
  ).toThrow(error);
  expect(contexts.active()).toBe(ROOT_CONTEXT);
});

describe("bind", () => {
  test("ties a function to a context, with its `this`, arguments and arity (R-I8)", () => {
    const { contexts } = testTracing();
    function tell(this: unknown, one: number, two: number): unknown {
      return [contexts.active().getValue(key), this, one, two];
    }
    const bound = contexts.bind(a, tell);
    const self = {};
    expect(bound.call(self, 1, 2)).toEqual(["a", self, 1, 2]);
    expect(contexts.with(b, () => bound.call(self, 1, 2))).toEqual(["a", self, 1, 2]);
    expect(bound).toHaveLength(2);
  });

  test("ties an emitter: its listeners run in the context, and can be taken off as before (R-I8)", () => {
    const { contexts } = testTracing();
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    const listener = (): void => void seen.push(contexts.active().getValue(key));
    emitter.on("before", listener);
    expect(contexts.bind(a, emitter)).toBe(emitter);
    emitter.once("after", listener);
    emitter.emit("before");
    contexts.with(b, () => emitter.emit("after"));
    expect(emitter.emit("after")).toBe(false);
    emitter.off("before", listener);
    expect(emitter.emit("before")).toBe(false);
    expect(seen).toEqual(["a", "a"]);
    expect(Object.keys(emitter)).not.toContain("emit");
  });

  test("tied again, an emitter follows the newer context, and however often it stays one step deep (R-I8)", () => {
    const { contexts } = testTracing();
    const emitter = new EventEmitter();
    let seen: unknown;
    emitter.on("x", () => (seen = contexts.active().getValue(key)));
    for (let i = 0; i < 50_000; i++) contexts.bind(i % 2 === 0 ? a : b, emitter);
    emitter.emit("x");
    expect(seen).toBe("b");
  });

  test("hands back what is neither (R-I8)", () => {
    const { contexts } = testTracing();
    const target = { plain: true };
    expect(contexts.bind(a, target)).toBe(target);
    expect(contexts.bind(a, null)).toBe(null);
  });

  test("keeps `once` of Node working on a tied emitter (R-I8)", async () => {
    const { contexts } = testTracing();
    const emitter = contexts.bind(a, new EventEmitter());
    const waited = once(emitter, "x");
    emitter.emit("x", 7);
    expect(await waited).toEqual([7]);
  });
});

test("attach makes a context active from here on, and dispose brings the earlier one back (R-I8)", () => {
  const { contexts } = testTracing();
  contexts.with(a, () => {
    const token = contexts.attach(b);
    expect(contexts.active()).toBe(b);
    token.dispose();
    expect(contexts.active()).toBe(a);
  });
  const token = contexts.attach(a);
  expect(contexts.active()).toBe(a);
  token.dispose();
  expect(contexts.active()).toBe(ROOT_CONTEXT);
});

test("a stack from a listener has one frame of ours, with a name that says whose it is (E6)", () => {
  const { contexts } = testTracing();
  const emitter = contexts.bind(a, new EventEmitter());
  let stack = "";
  emitter.on("x", () => {
    stack = String(new Error("in a listener").stack);
  });
  emitter.emit("x");
  const ours = stack.split("\n").filter((line) => line.includes("bind-emitter"));
  expect(ours).toEqual([expect.stringMatching(/gossamerEmit/)]);
});

test("an emitter that takes no property is handed back as it is, and works (A15)", () => {
  const { contexts } = testTracing();
  for (const close of [Object.freeze, Object.seal, Object.preventExtensions]) {
    const emitter = new EventEmitter();
    let heard = 0;
    emitter.on("x", () => heard++);
    close(emitter);
    expect(contexts.bind(a, emitter)).toBe(emitter);
    emitter.emit("x");
    expect(heard).toBe(1);
  }
});
