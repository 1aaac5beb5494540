import { startOtlpReceiver } from "@gossamer/testing";
import { afterEach, expect, test } from "vitest";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../testing/test-exchange.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";

afterEach(() => resetTelemetry());

test("the spans that are told as started are those that leave: of requests, of jobs, and of requests that were kept (R-P11)", async () => {
  const receiver = await startOtlpReceiver();
  try {
    const telemetry = createTelemetry({
      serviceName: "shop",
      sampleRatio: 0,
      rules: [{ match: "GET /sampled", ratio: 1 }],
      keep: { errors: true },
      exporter: "otlp",
      otlp: { endpoint: receiver.url },
      diagnostics: "none",
      shutdown: { signals: false },
    } as TelemetryOptions<never>);
    const serve = (route: string, statusCode: number): void => {
      const exchange = telemetry.begin<FakeRequest>({ method: "GET" }, fakeReader, telemetry.routes.get(route));
      exchange.run(() => telemetry.span("query", () => {}));
      exchange.end({ statusCode, completed: true });
    };
    for (let i = 0; i < 3; i++) serve("/sampled", 200);
    for (let i = 0; i < 2; i++) serve("/kept", 500);
    for (let i = 0; i < 4; i++) serve("/lost", 200);
    telemetry.sampling.update({ sampleRatio: 1 });
    telemetry.span("job", () => telemetry.span("step", () => {}));
    await telemetry.flush();
    const started = receiver
      .latestPoints("otel.sdk.span.started")
      .map(({ attributes, value }) => [attributes["otel.span.sampling_result"], Number(value)]);
    const roots = receiver.spans.filter(({ name }) => name.startsWith("GET"));
    expect(roots).toHaveLength(5);
    const children = receiver.spans.length - roots.length;
    expect(children).toBeGreaterThan(4);
    expect(Object.fromEntries(started)).toEqual({ RECORD_AND_SAMPLE: 3 + children, RECORD_ONLY: 2 });
  } finally {
    await receiver.close();
  }
});
