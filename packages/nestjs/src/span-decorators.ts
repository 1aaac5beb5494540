import { checks, OptionError, type SpanHelperOptions } from "@gossamer/core/adapter";
import { activeEngine } from "./active-engine.ts";
import { copyMetadata } from "./metadata.ts";
import { runSpanned } from "./run-spanned.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

const spanned = new WeakSet<Method>();

/**
 * Each call of the method is a span, named `Class.method` unless told otherwise: `@Traced("load cart", { attributes: { … } })`.
 *
 * Works on any class's methods, sync, async, or answering an Observable, which is then spanned from its subscription to its end. What the method
 * throws is recorded and thrown on. Without an engine the method runs as it is. A name that is no text, or options that are no object, throw an
 * `OptionError` where the decorator stands.
 */
export function Traced(name?: string, options: SpanHelperOptions = {}): MethodDecorator {
  if (name !== undefined) checks.text.validate(name, "Traced.name");
  if (typeof options !== "object" || options === null) {
    throw new OptionError("Traced.options", 'Option "Traced.options" must be an object.', { code: "GSM_OPTION_TYPE" });
  }
  return (target: object, key: string | symbol, descriptor: PropertyDescriptor): void => {
    if (typeof descriptor.value !== "function") return;
    descriptor.value = spannedMethod(
      descriptor.value as Method,
      name ?? `${ownerName(target)}.${String(key)}`,
      options,
    );
  };
}

/** Each call of each of the class's own methods is a span, as if they all had `@Traced()`. Accessors, and methods that have one already, stay as they are. */
export function Traceable(): ClassDecorator {
  return (target: object): void => {
    const { prototype, name } = target as { prototype: object; name: string };
    for (const key of Object.getOwnPropertyNames(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
      const method: unknown = descriptor?.value;
      if (key === "constructor" || typeof method !== "function" || spanned.has(method as Method)) continue;
      Object.defineProperty(prototype, key, {
        ...descriptor,
        value: spannedMethod(method as Method, `${name}.${key}`, {}),
      });
    }
  };
}

function spannedMethod(original: Method, name: string, options: SpanHelperOptions): Method {
  const method: Method = function (...args) {
    const engine = activeEngine();
    if (engine === undefined) return original.apply(this, args);
    return runSpanned(engine, name, options, () => original.apply(this, args));
  };
  // Routes, pipes and guards are noted on the function, and parameters are counted.
  copyMetadata(original, method);
  Object.defineProperty(method, "name", { configurable: true, value: original.name });
  Object.defineProperty(method, "length", { configurable: true, value: original.length });
  spanned.add(method);
  return method;
}

/** Of a static method the target is the class itself. */
function ownerName(target: object): string {
  return typeof target === "function" ? target.name : target.constructor.name;
}
