import { builtin } from "../../model/builtin.ts";

/** How a promise ended; `rejected` without its reason where asking for that would have made it a handled one. */
export interface PromiseWatch {
  readonly fulfilled: () => void;
  readonly rejected: (reason: unknown) => void;
  /** Rejected, and nobody took the promise until then: what with is not known, but for its class, where that can be told. */
  readonly rejectedUnseen: (className: string | undefined) => void;
}

/** Promises at a time that nobody has taken. Of what exceeds we do not see the end. */
const maxWaiting = 4_096;
const lookEachMs = 10;
/** One that waits is looked at again after this share of the time it has waited. */
const againShare = 1 / 16;

interface Waiting {
  readonly watches: PromiseWatch[];
  ageMs: number;
  lookAtMs: number;
}

const waiting = new Map<Promise<unknown>, Waiting>();
/** The timer belongs to no request. */
const outside = new (builtin("node:async_hooks").AsyncResource)("GOSSAMER_PROMISES");
let isLooking = false;
const { then } = Promise.prototype;

/**
 * Tells how a promise ends, and leaves it to its owner in all else: the same object, handled if he handles it, an unhandled rejection if he does not.
 *
 * To listen to a promise is to handle it. So we listen only once somebody else does: `await`, `then`, `catch`, `finally`, `Promise.all` and the rest
 * all read its `constructor` first (ECMAScript, PromiseResolve and SpeciesConstructor), which for that while is an accessor of ours. A promise that
 * nobody takes is looked at now and then, without a handler, by a timer that keeps no process alive.
 */
export function watchPromise(promise: Promise<unknown>, watch: PromiseWatch): void {
  const known = waiting.get(promise);
  if (known !== undefined) {
    known.watches.push(watch);
    return;
  }
  if (Object.hasOwn(promise, "constructor") || !Object.isExtensible(promise) || waiting.size >= maxWaiting) {
    watch.fulfilled();
    return;
  }
  waiting.set(promise, { watches: [watch], ageMs: 0, lookAtMs: 0 });
  setTrap(promise);
  if (isLooking) return;
  isLooking = true;
  outside.runInAsyncScope(() => {
    // Not before Node has told of the rejections of this turn that nobody handled.
    setImmediate(look).unref();
  });
}

const claimed: PropertyDescriptor & ThisType<Promise<unknown>> = {
  configurable: true,
  enumerable: false,
  get() {
    claim(this);
    // What is inherited is there again.
    return Reflect.get(Object.getPrototypeOf(this) as object, "constructor", this);
  },
  set(value: unknown) {
    claim(this);
    Reflect.defineProperty(this, "constructor", { configurable: true, enumerable: true, writable: true, value });
  },
};

/**
 * Stands between plain promises that wait and their prototype. A property of their own would cost each of them three times as much, and all other promises
 * of the process the shortcuts that V8 takes as long as none has a `constructor`.
 */
const watchedPrototype: object = Object.create(Promise.prototype, {
  constructor: {
    ...claimed,
    get(this: Promise<unknown>) {
      claim(this);
      return Reflect.get(Promise.prototype, "constructor", this);
    },
  },
});

function setTrap(promise: Promise<unknown>): void {
  if (Object.getPrototypeOf(promise) === Promise.prototype) Object.setPrototypeOf(promise, watchedPrototype);
  else Reflect.defineProperty(promise, "constructor", claimed);
}

function takeTrap(promise: Promise<unknown>): void {
  if (Object.getPrototypeOf(promise) === watchedPrototype) Object.setPrototypeOf(promise, Promise.prototype);
  else Reflect.deleteProperty(promise, "constructor");
}

/** Somebody takes the promise: from now on it is handled, so we may listen too. */
function claim(promise: Promise<unknown>): void {
  const found = waiting.get(promise);
  if (found === undefined) return;
  release(promise);
  listen(promise, found.watches);
}

function release(promise: Promise<unknown>): void {
  waiting.delete(promise);
  takeTrap(promise);
}

function listen(promise: Promise<unknown>, watches: readonly PromiseWatch[]): void {
  const fulfilled = (): void => {
    for (const one of watches) one.fulfilled();
  };
  const rejected = (reason: unknown): void => {
    for (const one of watches) one.rejected(reason);
  };
  if (Object.getPrototypeOf(promise) === Promise.prototype) {
    void then.call(promise, fulfilled, rejected);
    return;
  }
  // A subclass is not asked to make the promise that nobody gets to see.
  Reflect.defineProperty(promise, "constructor", { configurable: true, value: undefined });
  try {
    void then.call(promise, fulfilled, rejected);
  } finally {
    Reflect.deleteProperty(promise, "constructor");
  }
}

function look(): void {
  for (const [promise, one] of waiting) {
    if (one.ageMs >= one.lookAtMs) lookAt(promise, one);
    one.ageMs += lookEachMs;
  }
  isLooking = waiting.size > 0;
  if (isLooking) setTimeout(look, lookEachMs).unref();
}

function lookAt(promise: Promise<unknown>, one: Waiting): void {
  // Whoever looks at it as closely as this reads its constructor.
  takeTrap(promise);
  const { state, className } = seen(promise);
  if (state === "pending") {
    setTrap(promise);
    one.lookAtMs = one.ageMs * (1 + againShare);
    return;
  }
  waiting.delete(promise);
  if (state === "fulfilled") listen(promise, one.watches);
  else for (const { rejectedUnseen } of one.watches) rejectedUnseen(className);
}

const shallow = { depth: 0, customInspect: false, maxArrayLength: 0, maxStringLength: 0, breakLength: Infinity };

interface Seen {
  readonly state: "pending" | "fulfilled" | "rejected";
  /** Of what it was rejected with. */
  readonly className?: string | undefined;
}

/** The one way to see the state of a promise without handling it. What it was rejected with is shown as text: its class is taken from that, and no more. */
function seen(promise: Promise<unknown>): Seen {
  try {
    const shown = builtin("node:util").inspect(promise, shallow);
    const value = shown.slice(shown.indexOf("{") + 1, shown.indexOf("{") + maxShown).trimStart();
    if (value.startsWith("<pending>")) return { state: "pending" };
    if (!value.startsWith(rejectedMark)) return { state: "fulfilled" };
    const [, className, ownName] = leadingClass.exec(value.slice(rejectedMark.length)) ?? [];
    return { state: "rejected", className: ownName ?? className };
  } catch {
    // What it was settled with does not want to be looked at.
    return { state: "rejected" };
  }
}

const rejectedMark = "<rejected> ";
const maxShown = 300;
/** `RangeError: too far`, `[RangeError]`, `Named [OwnName]: …`, `Odd {}`; no value that has no class. */
const leadingClass =
  /^\[?(?!(?:undefined|null|true|false|NaN|Infinity)\b)([A-Za-z_$][\w$]{0,127})(?: \[([A-Za-z_$][\w$]{0,127})\])?(?:[:\]\n]| [[{]|$)/;
