import { decodeTraceRequest } from "@gossamer/testing";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { lastLine, runNode } from "../package/consumers.ts";
import { sdkLines } from "./lines.ts";
import { installed } from "../setup/install-meanwhile.ts";

const folders = await installed(inject("interop"));
const serverKind = 1;

interface Versions {
  readonly api: string;
  readonly sdk: string;
  readonly core: string;
  readonly coreOfExpress: string;
  readonly apiHere: string;
  readonly apiOfCore: string;
  readonly apiOfSdk: string;
  readonly apiOfInstrumentation: string;
}

interface ExportReport {
  readonly lines: readonly string[];
  readonly flushed: boolean;
  readonly flags: string;
  readonly traceId: string;
  readonly batched: readonly Record<string, unknown>[];
  readonly plain: readonly Record<string, unknown>[];
  readonly shown: readonly Record<string, unknown>[];
  readonly grpcBodies: readonly string[];
}

describe.each(sdkLines)("$name", ({ folder: name, sdk, sdkVersion, api, otherApi }) => {
  const folder = folders[name]!;

  it("has the versions it is meant to have, and one copy of each module (R-I6)", async () => {
    const found = lastLine(await runNode(["versions.cjs", sdk], { cwd: folder })) as Versions;
    expect([found.api, found.sdk]).toEqual([api, sdkVersion]);
    expect(found.core.startsWith(folder), `${found.core} must not be the workspace's`).toBe(true);
    expect(found.coreOfExpress).toBe(found.core);
    for (const resolved of [found.apiOfCore, found.apiOfSdk, found.apiOfInstrumentation])
      expect(resolved).toBe(found.apiHere);
  });

  it("an API that another version took is one warning that names both (R-I6)", async () => {
    const lines = lastLine(await runNode(["other-api.cjs"], { cwd: folder })) as string[];
    expect(lines).toEqual([expect.stringContaining(otherApi)]);
    expect(lines[0]).toContain(`does not work with ${api}`);
  });

  describe("processors and exporters on our provider", () => {
    let report: ExportReport;
    const zipkinSpans: Record<string, unknown>[] = [];

    beforeAll(async () => {
      const zipkin = createServer((request, response) => {
        void text(request).then((body) => {
          zipkinSpans.push(...(JSON.parse(body) as Record<string, unknown>[]));
          response.writeHead(202).end();
        });
      }).listen(0, "127.0.0.1");
      await once(zipkin, "listening");
      const url = `http://127.0.0.1:${(zipkin.address() as AddressInfo).port}/api/v2/spans`;
      const ended = await runNode(["exporters.cjs", JSON.stringify({ sdk, zipkin: url })], { cwd: folder });
      zipkin.close();
      report = lastLine(ended) as ExportReport;
    });

    it("what is flushed has left, and nothing is to be said (R-P12)", () => {
      expect([report.flushed, report.lines]).toEqual([true, []]);
    });

    it("the BatchSpanProcessor takes a kept failure whose flags had said no, with what its handler said (R-P12)", () => {
      expect(report.flags).toBe("02");
      expect(report.batched).toHaveLength(1);
      expect(report.batched[0]).toMatchObject({
        name: "GET /orders/:id",
        kind: serverKind,
        ended: true,
        hasParent: false,
        spanContext: { traceId: report.traceId, traceFlags: 3 },
        attributes: { "user.id": "u-7", "cart.sizes": [1, 2], "http.route": "/orders/:id", "error.type": "RangeError" },
        status: { code: 2, message: "too far" },
        links: [],
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
        instrumentationScope: { name: "@gossamer/core" },
        resource: { "service.name": "interop" },
      });
      for (const time of ["startTime", "endTime", "duration"])
        expect(report.batched[0]?.[time]).toEqual([expect.any(Number), expect.any(Number)]);
    });

    it("the in-memory exporter gets the same without a processor of the SDK (R-P12)", () => {
      expect(report.plain).toEqual(report.batched);
    });

    it("the OTLP exporter over gRPC sends what the protocol asks for (R-P12)", () => {
      expect(report.grpcBodies).toHaveLength(1);
      const [span, ...more] = decodeTraceRequest(Buffer.from(report.grpcBodies[0]!, "base64"));
      expect(more).toEqual([]);
      expect(span).toMatchObject({
        name: "GET /orders/:id",
        traceId: report.traceId,
        attributes: { "user.id": "u-7" },
      });
    });

    it("the Zipkin exporter posts it (R-P12)", () => {
      expect(zipkinSpans).toEqual([
        expect.objectContaining({
          name: "GET /orders/:id",
          kind: "SERVER",
          traceId: report.traceId,
          localEndpoint: { serviceName: "interop" },
        }),
      ]);
    });

    it("the console exporter shows it (R-P12)", () => {
      expect(report.shown).toEqual([
        expect.objectContaining({ name: "GET /orders/:id", traceId: report.traceId, kind: serverKind }),
      ]);
    });
  });
});
