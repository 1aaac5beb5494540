import { expect, it } from "vitest";
import type { FaultService } from "./fault-service.ts";
import { type GrpcCollector, Metadata, startGrpcCollector, status } from "./grpc-collector.ts";
import { record } from "./record.ts";
import { accounts, atEnd, receive, serve, type ServeParts, settle } from "./world.ts";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

async function collect(port?: number, maxBytes?: number): Promise<GrpcCollector> {
  const collector = await startGrpcCollector(port, maxBytes);
  atEnd(() => collector.stop());
  return collector;
}

function serveGrpc(url: string, parts: ServeParts = {}): Promise<FaultService> {
  return serve(url, { ...parts, env: { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" } });
}

function distinct({ spans }: GrpcCollector): number {
  return new Set(spans.map(({ spanId }) => spanId)).size;
}

it("a gRPC collector of another make gets the spans and the metrics, gzipped or not (R-P14)", async () => {
  for (const compression of ["gzip", "none"] as const) {
    const collector = await collect();
    const service = await serveGrpc(collector.url, { otlp: { compression }, options: { metrics: true } });
    expect((await service.load(50)).errors).toBe(0);
    expect(await service.flush(30_000)).toBe(true);
    expect(distinct(collector)).toBe(50);
    const durations = collector.points.filter(({ name }) => name === "http.server.request.duration");
    expect(durations.reduce((sum, { count }) => sum + Number(count), 0)).toBe(50);
    expect(service.lines).toEqual([]);
  }
});

it("a gRPC collector that is away at start, and dies later: nothing is lost (R-P14)", async () => {
  const port = await freePort();
  const service = await serveGrpc(`http://127.0.0.1:${port}`);
  const seen = await service.load(50);
  expect(await service.flush(300)).toBe(false);
  const first = await collect(port);
  await settle(service, { exported: 50, dropped: 0 });
  await first.stop();
  await service.load(50);
  await expect.poll(async () => (await accounts(service)).collector).toBe("unreachable");
  const second = await collect(port);
  await settle(service, { exported: 100, dropped: 0 });
  expect([distinct(first) + distinct(second), seen.errors]).toEqual([100, 0]);
  record({
    order: 30,
    fault: "gRPC: collector absent, appears, dies, comes back",
    seen: `${seen.answers} of 50 answered`,
    lost: "0 of 100",
    lines: service.lines.length,
  });
});

it("UNAVAILABLE is sent again; RESOURCE_EXHAUSTED only with a RetryInfo, and then not before (R-P14)", async () => {
  const collector = await collect();
  let refusals = 2;
  collector.refuse = () => (refusals-- > 0 ? { code: status.UNAVAILABLE, details: "busy" } : undefined);
  const service = await serveGrpc(collector.url);
  await service.load(50);
  await settle(service, { exported: 50, dropped: 0 });

  const metadata = new Metadata();
  // google.rpc.Status { code: 8, details: [Any RetryInfo { retry_delay { seconds: 1 } }] }
  const retryInfo = Buffer.from(
    "\x08\x08\x1a\x30\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x04\x0a\x02\x08\x01",
  );
  metadata.set("grpc-status-details-bin", retryInfo);
  let asked = 0;
  collector.refuse = () =>
    asked++ === 0 ? { code: status.RESOURCE_EXHAUSTED, details: "quota", metadata } : undefined;
  await service.load(50);
  const beganMs = performance.now();
  await settle(service, { exported: 100, dropped: 0 });
  expect(performance.now() - beganMs).toBeGreaterThan(700);

  collector.refuse = () => ({ code: status.RESOURCE_EXHAUSTED, details: "no quota" });
  const seen = await service.load(50);
  await settle(service, { exported: 100, drops: { refused: 50 } });
  expect([distinct(collector), seen.errors]).toEqual([100, 0]);
  record({
    order: 31,
    fault: "gRPC: UNAVAILABLE; RESOURCE_EXHAUSTED with RetryInfo; RESOURCE_EXHAUSTED without it",
    seen: `${seen.answers} of 50 answered`,
    lost: "0 of 50; 0 of 50; 50 of 50, counted (`refused`)",
    lines: service.lines.length,
  });
});

it("a message above the collector's limit is split until it fits (R-P14)", async () => {
  const collector = await collect(0, 3_000);
  const service = await serveGrpc(collector.url, {
    otlp: { compression: "none" },
    options: { batch: { delayMs: 60_000 } },
  });
  const seen = await service.load(300);
  expect(await service.flush(30_000)).toBe(true);
  expect(await accounts(service)).toMatchObject({ exported: 300, dropped: 0 });
  expect([distinct(collector), seen.errors, service.lines.length]).toEqual([300, 0, 0]);
  record({
    order: 32,
    fault: "gRPC: messages above the collector's limit of 3,000 bytes",
    seen: `${seen.answers} of 300 answered`,
    lost: "0 of 300; split and sent again",
    lines: service.lines.length,
  });
});

it("gRPC to a port that speaks HTTP, and the other way round: one line that says so (R-P14)", async () => {
  const http = await receive();
  const toHttp = await serveGrpc(http.url);
  const toGrpc = await serve((await collect()).url);
  for (const service of [toHttp, toGrpc]) {
    expect((await service.load(20)).errors).toBe(0);
    expect(await service.flush(300)).toBe(false);
    await settle(service, { queued: 20, dropped: 0 });
  }
  await expect
    .poll(() => toHttp.lines)
    .toEqual([expect.stringMatching(/\(no gRPC there: .*; its port is usually 4317\)/)]);
  await expect
    .poll(() => toGrpc.lines)
    .toEqual([expect.stringMatching(/\(no HTTP\/1\.1 there: .*; its port is usually 4318\)/)]);
});
