import { afterEach, beforeEach, expect, test } from "vitest";
import { type OpenOtlpPage, openOtlpPage } from "../index.ts";
import type { PageState } from "../protocol.ts";
import { ask, json } from "../testing/page-client.ts";
import { encoded } from "../testing/published-otlp.ts";

let page: OpenOtlpPage;
beforeEach(async () => {
  page = await openOtlpPage({ otlpPort: 0, port: 0, log() {} });
});
afterEach(() => page.close());

const state = (): Promise<PageState> => json<PageState>(`${page.url}api/state`);

interface Sent {
  readonly route: string;
  readonly count: number;
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano?: string;
}

/** Cumulative durations of a service that names no instance. */
function durations(points: readonly Sent[]): object {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] };
  const dataPoints = points.map(({ route, count, ...times }) => ({
    attributes: [
      { key: "http.request.method", value: { stringValue: "GET" } },
      { key: "http.route", value: { stringValue: route } },
    ],
    count,
    explicitBounds: [0.01],
    bucketCounts: [count, 0],
    ...times,
  }));
  const histogram = { aggregationTemporality: 2, dataPoints };
  return {
    resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: "http.server.request.duration", histogram }] }] }],
  };
}

async function send(...points: readonly Sent[]): Promise<string> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(durations(points));
  return (await ask(`${page.otlpUrl}/v1/metrics`, { method: "POST", headers, body })).text;
}

async function expectCount(route: string, after: () => Promise<unknown>, expected: number): Promise<void> {
  await after();
  const { snapshot } = await state();
  // Counts are looked at once a second, and later where the machine is busy.
  await expect.poll(async () => (await state()).snapshot.at - snapshot.at).toBeGreaterThan(1_000);
  await expect
    .poll(async () => (await state()).snapshot.routes.find((row) => row.route === route)?.total.count)
    .toBe(expected);
}

const sent = (startedAt: number, at: number, count: number): Sent => ({
  route: "/things",
  count,
  startTimeUnixNano: `17000000${String(startedAt).padStart(2, "0")}000000000`,
  timeUnixNano: `17000000${String(at).padStart(2, "0")}000000000`,
});

test("two processes of a service that name no instance are added up, whichever of them sends last (R-D3)", async () => {
  const first = (at: number, count: number): Promise<string> => send(sent(1, at, count));
  const second = (at: number, count: number): Promise<string> => send(sent(2, at, count));
  await expectCount("/things", async () => [await first(10, 100), await second(11, 40)], 140);
  await expectCount("/things", async () => [await second(21, 50), await first(20, 110)], 160);
  const body = encoded("metrics", "ExportMetricsServiceRequest", durations([sent(3, 30, 7)]));
  const again = encoded("metrics", "ExportMetricsServiceRequest", durations([sent(4, 31, 3)]));
  const headers = { "content-type": "application/x-protobuf" };
  const asProtobuf = async (): Promise<void> => {
    for (const one of [body, again])
      await fetch(`${page.otlpUrl}/v1/metrics`, { method: "POST", headers, body: one as BodyInit });
  };
  await expectCount("/things", asProtobuf, 170);
}, 180_000);

test("a count that is smaller than before has begun anew and is added; one that comes late changes nothing (R-D3)", async () => {
  await expectCount("/things", async () => [await send(sent(1, 10, 100)), await send(sent(1, 20, 30))], 130);
  await expectCount("/things", async () => [await send(sent(1, 30, 35)), await send(sent(1, 25, 32))], 135);
}, 180_000);

test("series beyond 5,000 take the place of those that were not sent for longest, and that is counted (R-D3)", async () => {
  const many = Array.from({ length: 5_000 }, (_, i) => ({ route: `/old/${i}`, count: 1 }));
  expect(await send(...many)).toBe("{}");
  await send({ route: "/old/0", count: 2 });
  expect((await state()).snapshot.received?.evictedSeries).toBe(0);
  expect(await send({ route: "/new/1", count: 3 }, { route: "/new/2", count: 4 })).toBe("{}");
  expect((await state()).snapshot.received?.evictedSeries).toBe(2);
  await send({ route: "/old/0", count: 5 });
  expect((await state()).snapshot.received?.evictedSeries).toBe(2);
  await send({ route: "/old/1", count: 2 });
  expect((await state()).snapshot.received?.evictedSeries).toBe(3);
});
