import "reflect-metadata";
import { createTelemetry, resetTelemetry, type TelemetryEngine } from "@gossamer/core";
import { Get } from "@nestjs/common";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setActiveEngine } from "./active-engine.ts";
import { readMetadata } from "./metadata.ts";
import { BaggageEntry } from "./param-decorators.ts";
import { Traceable, Traced } from "./span-decorators.ts";

let telemetry: TelemetryEngine;

beforeEach(() => {
  telemetry = createTelemetry({ exporter: "none", sampleRatio: 1, diagnostics: "none", shutdown: { signals: false } });
});
afterEach(() => resetTelemetry());

const started = (): number => telemetry.status().spans.started;

class Base {
  inherited(): string {
    return "inherited";
  }
}

class Service extends Base {
  static made = 0;
  value = 1;

  get level(): number {
    return this.value;
  }

  add(a: number, b: number): number {
    return this.value + a + b;
  }

  once(): string {
    return "once";
  }

  handler(): string {
    return "handled";
  }

  static make(): Service {
    Service.made++;
    return new Service();
  }
}

// By hand: tests are compiled without decorators.
const once = Object.getOwnPropertyDescriptor(Service.prototype, "once")!;
Traced("once")(Service.prototype, "once", once);
Object.defineProperty(Service.prototype, "once", once);
Get("path")(Service.prototype, "handler", Object.getOwnPropertyDescriptor(Service.prototype, "handler")!);
Traceable()(Service);

test("each own method of a @Traceable class is spanned once; accessors, statics and inherited ones are not (R-I2)", () => {
  setActiveEngine(telemetry);
  const service = Service.make();
  expect([service.level, service.inherited(), started()]).toEqual([1, "inherited", 0]);
  expect(service.add(2, 3)).toBe(6);
  expect(service.once()).toBe("once");
  expect(started()).toBe(2);
});

test("a spanned method keeps its name, its length and what Nest noted on it (R-I2)", () => {
  const { add, handler } = Service.prototype;
  expect([add.name, add.length]).toEqual(["add", 2]);
  expect(readMetadata("path", handler)).toBe("path");
});

test("a decorator on what is no method changes nothing (R-I2)", () => {
  const descriptor: PropertyDescriptor = { get: () => 7, configurable: true };
  Traced()({}, "level", descriptor);
  expect(descriptor.get?.()).toBe(7);
});

test("a static method is named by its class (R-I2)", () => {
  class Jobs {
    static run(): string | undefined {
      return telemetry.traceId();
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Jobs, "run")!;
  Traced()(Jobs, "run", descriptor);
  setActiveEngine(telemetry);
  expect((descriptor.value as () => string)()).toMatch(/^[0-9a-f]{32}$/);
});

test("a name that is no text, or options that are no object, are an error where the decorator stands (R-C3)", () => {
  expect(() => Traced(5 as never)).toThrow("Traced.name");
  expect(() => Traced("load", 5 as never)).toThrow("Traced.options");
  expect(() => BaggageEntry(5 as never)).toThrow("BaggageEntry");
});
