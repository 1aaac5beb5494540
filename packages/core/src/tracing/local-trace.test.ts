import { type Span, ROOT_CONTEXT, trace as traceApi } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { roomFor, testTracing, type TestTracing } from "../testing/test-tracing.ts";

/** A job that goes on, and so many children of it that have ended. */
function openJob({ tracer }: TestTracing, children: number): Span {
  const job = tracer.startSpan("job");
  for (let i = 0; i < children; i++) {
    tracer.startSpan("child", {}, traceApi.setSpan(ROOT_CONTEXT, job)).end();
  }
  return job;
}

describe("the ended spans of jobs that go on", () => {
  test("wait within one bound over all jobs; beyond it they leave ahead, and none is lost (B1)", () => {
    const held = roomFor(20);
    const traced = testTracing({ held });
    const jobs = Array.from({ length: 10 }, () => openJob(traced, 8));
    expect(held.bytes).toBeLessThanOrEqual(roomFor(10).maxBytes);
    for (const job of jobs) job.end();
    expect([traced.written.length, held.bytes, traced.drops.snapshot()]).toEqual([90, 0, {}]);
  });

  test("count by what they carry (B1)", () => {
    const held = roomFor(1_000);
    const traced = testTracing({ held });
    const job = traced.tracer.startSpan("job");
    for (let i = 0; i < 100; i++) {
      const child = traced.tracer.startSpan("child", {}, traceApi.setSpan(ROOT_CONTEXT, job));
      for (let n = 0; n < 60; n++) child.setAttribute(`key ${n}`, "x".repeat(1_000));
      child.end();
    }
    expect(held.bytes).toBeLessThan(roomFor(600).maxBytes);
    expect(traced.written.length).toBeGreaterThan(90);
  });

  test("take no room from requests of which nobody knows yet whether they are kept (B1)", () => {
    const held = roomFor(20);
    const traced = testTracing({ held });
    for (let i = 0; i < 10; i++) openJob(traced, 8);
    expect(held.isFull).toBe(false);
  });
});
