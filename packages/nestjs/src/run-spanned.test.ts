import { createTelemetry, resetTelemetry, type TelemetryEngine } from "@gossamer/core";
import { BehaviorSubject, firstValueFrom, lastValueFrom, NEVER, Observable, of, throwError, timer } from "rxjs";
import { map, take } from "rxjs/operators";
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

test("the Observable, Subject or promise that comes back is the one that was given (A6)", async () => {
  const observable = of(1);
  const subject = new BehaviorSubject(7);
  const frozen = Object.freeze(of(3));
  const promise = Promise.resolve(5);
  for (const given of [observable, subject, frozen, promise])
    expect(runSpanned(telemetry, "step", {}, () => given)).toBe(given);
  expect(subject.value).toBe(7);
  expect(await lastValueFrom(frozen)).toBe(3);
  expect(await lastValueFrom(observable)).toBe(1);
  expect(Reflect.ownKeys(observable)).not.toContain("subscribe");
  await promise;
  expect(live()).toBe(0);
});

test("two spans around one Observable end both, and a source that runs at once sees that it is left (A6)", async () => {
  let emitted = 0;
  const endless = new Observable<number>((subscriber) => {
    while (!subscriber.closed && emitted < 1_000) subscriber.next(emitted++);
  });
  const result = runSpanned(telemetry, "outer", {}, () => runSpanned(telemetry, "inner", {}, () => endless));
  expect(result).toBe(endless);
  expect(await lastValueFrom(result.pipe(take(2)))).toBe(1);
  await Promise.resolve();
  expect([emitted, live()]).toEqual([2, 0]);
});
