import { expect, test } from "vitest";
import { beginFirst, type FastifyPlatform } from "./begin-first.ts";

type Hook = (request: object, reply: object, done: () => void) => unknown;

/** A platform with one place for a hook, as Nest's has. */
class Platform {
  onRequestHook: Hook | undefined;
  setOnRequestHook(hook: Hook): void {
    this.onRequestHook = hook;
  }
}

function run(build: (platform: Platform, calls: string[]) => void): { calls: string[]; answer: unknown } {
  const calls: string[] = [];
  const platform = new Platform();
  build(platform, calls);
  const answer = platform.onRequestHook?.({}, {}, () => calls.push("done"));
  return { calls, answer };
}

function mount(platform: Platform, calls: string[]): void {
  beginFirst(platform as unknown as FastifyPlatform, (_request, _reply, done) => {
    calls.push("begin");
    done();
  });
}

function users(calls: string[]): Hook {
  return function (this: unknown, _request, _reply, done) {
    calls.push(`users on ${(this as object).constructor.name}`);
    done();
    return "its answer";
  };
}

test("a request begins in the one place in front of Nest's own hooks (R-A3)", () => {
  expect(run(mount).calls).toEqual(["begin", "done"]);
});

test("a hook that the service put there before runs behind ours (R-A3)", () => {
  const { calls, answer } = run((platform, given) => {
    platform.setOnRequestHook(users(given));
    mount(platform, given);
  });
  expect(calls).toEqual(["begin", "users on Platform", "done"]);
  expect(answer).toBe("its answer");
});

test("a hook that the service puts there later runs behind ours, and a second takes the place of the first (R-A3)", () => {
  const { calls } = run((platform, given) => {
    mount(platform, given);
    platform.setOnRequestHook(() => given.push("replaced"));
    platform.setOnRequestHook(users(given));
  });
  expect(calls).toEqual(["begin", "users on Platform", "done"]);
});

test("a platform without such a place is left as it is (R-A3)", () => {
  const platform = {} as FastifyPlatform;
  beginFirst(platform, () => {});
  expect(Object.getOwnPropertyNames(platform)).toEqual([]);
});

test.for<[string, Hook, "settled" | "waits"]>([
  ["answers a promise", () => Promise.reject(new Error("no entry")), "settled"],
  [
    "calls on",
    (_request, _reply, done) => {
      done();
    },
    "waits",
  ],
])("behind a request that is held a hook that %s is heard as it would be (R-A3, C10)", async ([, hook, expected]) => {
  const platform = new Platform();
  platform.setOnRequestHook(hook);
  let release = (): void => {};
  beginFirst(platform as unknown as FastifyPlatform, (_request, _reply, done) => void (release = done));
  let called = 0;
  const answer = platform.onRequestHook?.({}, {}, () => called++) as Promise<unknown>;
  release();
  const outcome = await Promise.race([
    answer.then(
      () => "settled",
      () => "settled",
    ),
    new Promise((resolve) => setTimeout(resolve, 5, "waits")),
  ]);
  expect([outcome, called]).toEqual([expected, expected === "waits" ? 1 : 0]);
});
