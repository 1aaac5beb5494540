import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { type Context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { runAlone } from "./run-alone.ts";

const key = createContextKey("test");
const a = ROOT_CONTEXT.setValue(key, "a");
const b = ROOT_CONTEXT.setValue(key, "b");

/** From here on all stores go back together. */
const isTogether = Number.parseInt(process.versions.node, 10) >= 24;

function thrownBy(fn: () => unknown): { readonly thrown: unknown } {
  try {
    fn();
  } catch (thrown) {
    return { thrown };
  }
  throw new Error("Nothing was thrown.");
}

describe("a request that runs alone", () => {
  test("has its context at once and after promises, timers, immediates and ticks (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    const seen: unknown[] = [];
    const note = (): void => void seen.push(storage.getStore());
    await runAlone(storage, a, async () => {
      note();
      await Promise.resolve();
      note();
      await sleep(1);
      note();
      await turn();
      note();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      note();
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          note();
          queueMicrotask(() => {
            note();
            resolve();
          });
        }, 1);
      });
    });
    expect(seen).toEqual(Array.from({ length: 7 }, () => a));
    expect(storage.getStore()).toBeUndefined();
  });

  test("gives back what its function gives (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    const result = { ok: true };
    expect(runAlone(storage, a, () => result)).toBe(result);
    expect(runAlone(storage, a, () => undefined)).toBeUndefined();
    const promise = Promise.resolve(result);
    expect(runAlone(storage, a, () => promise)).toBe(promise);
    await promise;
  });

  test("leaves its caller as it was, without a store or with another, while its own work goes on (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    const work = runAlone(storage, a, () => turn().then(() => storage.getStore()));
    expect(storage.getStore()).toBeUndefined();
    await storage.run(b, async () => {
      const other = runAlone(storage, a, () => turn().then(() => storage.getStore()));
      expect(storage.getStore()).toBe(b);
      expect(await other).toBe(a);
      expect(storage.getStore()).toBe(b);
    });
    expect(await work).toBe(a);
    expect(storage.getStore()).toBeUndefined();
  });

  test("leaves a store that its caller entered for good (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    await turn();
    storage.enterWith(b);
    expect(runAlone(storage, a, () => storage.getStore())).toBe(a);
    expect(storage.getStore()).toBe(b);
    await turn();
    expect(storage.getStore()).toBe(b);
  });

  test("sees what others keep in storages of their own, and they keep it afterwards (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    const [ran, entered] = [new AsyncLocalStorage<string>(), new AsyncLocalStorage<string>()];
    const both = (): unknown[] => [ran.getStore(), entered.getStore()];
    await ran.run("ran", async () => {
      entered.enterWith("entered");
      const later = runAlone(storage, a, async () => {
        expect(both()).toEqual(["ran", "entered"]);
        ran.run("inner", () => expect(both()).toEqual(["inner", "entered"]));
        await turn();
        return [...both(), storage.getStore()];
      });
      expect(both()).toEqual(["ran", "entered"]);
      expect(await later).toEqual(["ran", "entered", a]);
      expect(both()).toEqual(["ran", "entered"]);
    });
    expect(ran.getStore()).toBeUndefined();
  });

  test("keeps to itself what is entered meanwhile in other storages, where all stores go back together (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    const other = new AsyncLocalStorage<string>();
    await other.run("outside", async () => {
      const later = runAlone(storage, a, async () => {
        other.enterWith("inside");
        await turn();
        return other.getStore();
      });
      expect(other.getStore()).toBe(isTogether ? "outside" : "inside");
      expect(await later).toBe("inside");
    });
  });

  test.for([new Error("thrown"), "text", undefined, null])(
    "what it throws comes out as it is, and its caller's store is back: %s (R-I8)",
    (value) => {
      const storage = new AsyncLocalStorage<Context>();
      const fail = (): never => {
        throw value;
      };
      expect(thrownBy(() => runAlone(storage, a, fail)).thrown).toBe(value);
      expect(storage.getStore()).toBeUndefined();
      storage.run(b, () => {
        expect(thrownBy(() => runAlone(storage, a, fail)).thrown).toBe(value);
        expect(storage.getStore()).toBe(b);
      });
    },
  );

  test("a rejection comes out as it is (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    const error = new Error("late");
    const failing = runAlone(storage, a, async () => {
      await turn();
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    expect(storage.getStore()).toBeUndefined();
  });

  test("holds another, and has its own context again behind it, thrown out of or not (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    const seen = await runAlone(storage, a, async () => {
      const inner = runAlone(storage, b, async () => {
        await turn();
        return storage.getStore();
      });
      const between = storage.getStore();
      const { thrown } = thrownBy(() =>
        runAlone(storage, b, () => {
          throw storage.getStore();
        }),
      );
      return [between, await inner, thrown, storage.getStore()];
    });
    expect(seen).toEqual([a, b, b, a]);
    expect(storage.getStore()).toBeUndefined();
  });

  test("those side by side do not see each other (R-I8)", async () => {
    const storage = new AsyncLocalStorage<Context>();
    const seen = async (): Promise<unknown[]> => {
      const first = storage.getStore();
      await sleep(1);
      await turn();
      return [first, storage.getStore()];
    };
    const both = [runAlone(storage, a, seen), runAlone(storage, b, seen)];
    expect(await Promise.all(both)).toEqual([
      [a, a],
      [b, b],
    ]);
  });
});
