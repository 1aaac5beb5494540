import type { ModulesContainer } from "@nestjs/core";
import { activeEngine } from "./active-engine.ts";
import type { HttpHandler } from "./http-handlers.ts";
import { copyMetadata, readMetadata } from "./metadata.ts";
import { runSpanned } from "./run-spanned.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

interface StepKind {
  readonly word: string;
  readonly method: string;
  /** Under this name Nest keeps those that stand on a controller or a handler. */
  readonly key: string;
}

const stepKinds: readonly StepKind[] = [
  { word: "guard", method: "canActivate", key: "__guards__" },
  { word: "interceptor", method: "intercept", key: "__interceptors__" },
  { word: "pipe", method: "transform", key: "__pipes__" },
];

const spanned = new WeakSet<object>();

/**
 * Gives the guards, interceptors, pipes and handlers of an application a span each. For `internalSpans` alone: each object gets a method of its own,
 * in front of its class's; no class is touched. Those that Nest makes anew for each request have none.
 *
 * `globals` are those that hold for the whole application.
 */
export function spanSteps(
  modules: ModulesContainer,
  handlers: readonly HttpHandler[],
  globals: readonly object[],
): void {
  const steps: unknown[] = [...globals];
  for (const { injectables } of modules.values()) {
    for (const { instance } of injectables.values()) steps.push(instance);
  }
  for (const { controller, handler } of handlers) {
    for (const { key } of stepKinds) {
      for (const holder of [controller, handler])
        steps.push(...((readMetadata(key, holder) as unknown[] | undefined) ?? []));
    }
  }
  for (const step of steps) if (typeof step === "object" && step !== null) spanStep(step);
  for (const { controllers } of modules.values()) {
    for (const { instance } of controllers.values()) {
      if (typeof instance === "object" && instance !== null) spanHandlers(instance, handlers);
    }
  }
}

function spanStep(step: object): void {
  for (const { word, method } of stepKinds) spanOwn(step, method, `${word} ${step.constructor.name}`);
}

function spanHandlers(instance: object, handlers: readonly HttpHandler[]): void {
  for (const { controller, key } of handlers) {
    if (Object.getPrototypeOf(instance) === controller.prototype)
      spanOwn(instance, key, `handler ${controller.name}.${key}`);
  }
}

/** Covers one method of one object. */
function spanOwn(target: object, key: string, name: string): void {
  const original: unknown = Reflect.get(target, key);
  if (typeof original !== "function" || spanned.has(original) || !Object.isExtensible(target)) return;
  const method: Method = function (...args) {
    const engine = activeEngine();
    const run = (): unknown => (original as Method).apply(this, args);
    // Messages and other calls outside of a request are not traced.
    return engine?.internalSpans === true && engine.current() !== undefined ? runSpanned(engine, name, {}, run) : run();
  };
  copyMetadata(original, method);
  Object.defineProperty(method, "name", { configurable: true, value: original.name });
  spanned.add(method);
  Object.defineProperty(target, key, { configurable: true, enumerable: false, writable: true, value: method });
}
