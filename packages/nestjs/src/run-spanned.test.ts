import { createTelemetry, resetTelemetry, type TelemetryEngine } from "@gossamer/core";
import { firstValueFrom, lastValueFrom, NEVER, Observable, of, throwError, timer } from "rxjs";
import { map } from "rxjs/operators";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runSpanned } from "./run-spanned.ts";

let telemetry: TelemetryEngine;

beforeEach(() => {
  telemetry = createTelemetry({ exporter: "none", sampleRatio: 1, diagnostics: "none", shutdown: { signals: false } });
});
afterEach(() => resetTelemetry());

const live = (): number => telemetry.status().spans.live;

test("what the step answers, and what it throws, passes unchanged (R-I2)", async () => {
  const answer = { a: 1 };
  expect(runSpanned(telemetry, "step", {}, () => answer)).toBe(answer);
  expect(await runSpanned(telemetry, "step", {}, () => Promise.resolve(answer))).toBe(answer);
  const error = new Error("on purpose");
  expect(() =>
    runSpanned(telemetry, "step", {}, () => {
      throw error;
    }),
  ).toThrow(error);
  await expect(runSpanned(telemetry, "step", {}, () => Promise.reject(error))).rejects.toBe(error);
  expect(telemetry.status().spans.started).toBe(4);
  expect(live()).toBe(0);
});

test("an Observable's span is open until it completes, and what it emits passes unchanged (R-I2)", async () => {
  const observable = runSpanned(telemetry, "step", {}, () => timer(5).pipe(map(() => telemetry.traceId())));
  expect(live()).toBe(1);
  expect(await lastValueFrom(observable)).toMatch(/^[0-9a-f]{32}$/);
  expect(live()).toBe(0);
});

test("an Observable that fails ends its span, and its subscriber is told (R-I2)", async () => {
  const error = new Error("on purpose");
  const observable = runSpanned(telemetry, "step", {}, () => throwError(() => error));
  await expect(lastValueFrom(observable)).rejects.toBe(error);
  await Promise.resolve();
  expect(live()).toBe(0);
});

test("an Observable that is left ends its span, and its source is left too (R-I2)", async () => {
  let left = false;
  const source = new Observable((subscriber) => {
    subscriber.next(1);
    return () => {
      left = true;
    };
  });
  const observable = runSpanned(telemetry, "step", {}, () => source);
  expect(await firstValueFrom(observable)).toBe(1);
  await Promise.resolve();
  expect([left, live()]).toEqual([true, 0]);
  const subscription = runSpanned(telemetry, "step", {}, () => NEVER).subscribe();
  subscription.unsubscribe();
  await Promise.resolve();
  expect(live()).toBe(0);
});

test("a second subscription runs the source again (R-I2)", async () => {
  const observable = runSpanned(telemetry, "step", {}, () => of(1, 2));
  expect(await lastValueFrom(observable)).toBe(2);
  expect(await lastValueFrom(observable)).toBe(2);
  expect(telemetry.status().spans.started).toBe(1);
});
