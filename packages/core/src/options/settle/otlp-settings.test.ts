import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OptionError } from "../../model/checks/option-error.ts";
import { resolveOptions, type Resolved } from "../resolve-options.ts";

const fixtures = join(import.meta.dirname, "../../../../../test/fixtures/tls");
const path = (name: string): string => join(fixtures, `${name}.pem`);
const pem = (name: string): string => readFileSync(path(name), "utf8");

function warnings({ notices }: Resolved): string[] {
  return notices.filter(({ level }) => level === "warn").map(({ line }) => line);
}

describe("protocol", () => {
  test("gRPC goes to port 4317 and the Export method of each signal (R-P14)", () => {
    const { settings, notices } = resolveOptions({ otlp: { protocol: "grpc" } });
    expect(settings.otlp.traces.url).toBe(
      "http://localhost:4317/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    );
    expect(settings.otlp.metrics.url).toBe(
      "http://localhost:4317/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    );
    expect(settings.otlp.endpointGiven).toBe(false);
    expect(notices.filter(({ level }) => level === "warn")).toEqual([]);
  });

  test("an address for gRPC keeps its scheme, host and port; its path says nothing (R-P14)", () => {
    const variables = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector/v1?x" };
    expect(resolveOptions({}, variables).settings.otlp.traces.url).toBe(
      "https://collector/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    );
  });

  test("each signal may speak its own protocol, and the code wins over both variables (R-P14)", () => {
    const variables = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/protobuf" };
    const { traces, metrics } = resolveOptions({}, variables).settings.otlp;
    expect([traces.protocol, metrics.protocol]).toEqual(["grpc", "http/protobuf"]);
    expect([new URL(traces.url).port, new URL(metrics.url).port]).toEqual(["4317", "4318"]);
    const inCode = resolveOptions({ otlp: { protocol: "http/protobuf" } }, variables).settings.otlp;
    expect([inCode.traces.protocol, inCode.metrics.protocol]).toEqual(["http/protobuf", "http/protobuf"]);
  });

  test("a protocol and a port that do not fit are one clear line (R-P14)", () => {
    const grpc = resolveOptions({ otlp: { protocol: "grpc", endpoint: "http://collector:4318" } });
    expect(warnings(grpc)).toEqual([
      "http://collector:4318: port 4318 is usually that of http/protobuf, but otlp.protocol is grpc, whose port is usually 4317",
    ]);
    const http = resolveOptions({}, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317" });
    expect(warnings(http)).toEqual([
      "http://collector:4317: port 4317 is usually that of grpc, but otlp.protocol is http/protobuf, whose port is usually 4318",
    ]);
  });
});

describe("certificates", () => {
  test("they are read from the files that options or variables name, or taken as text (R-P5)", () => {
    const expected = { ca: pem("ca-cert"), cert: pem("client-cert"), key: pem("client-key") };
    const named = {
      certificate: path("ca-cert"),
      clientCertificate: path("client-cert"),
      clientKey: pem("client-key"),
    };
    expect(resolveOptions({ otlp: named }).settings.otlp.traces.tls).toEqual(expected);
    const variables = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: path("ca-cert"),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: path("client-cert"),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: path("client-key"),
    };
    expect(resolveOptions({}, variables).settings.otlp.metrics.tls).toEqual(expected);
  });

  test("those of one signal win over the general ones (R-P5)", () => {
    const { traces, metrics } = resolveOptions(
      {},
      {
        OTEL_EXPORTER_OTLP_CERTIFICATE: path("ca-cert"),
        OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE: path("other-ca-cert"),
      },
    ).settings.otlp;
    expect([traces.tls?.ca, metrics.tls?.ca]).toEqual([pem("ca-cert"), pem("other-ca-cert")]);
  });

  test("nothing is read when nobody gave any (R-P5)", () => {
    expect(resolveOptions({}).settings.otlp.traces.tls).toBeUndefined();
  });

  test.each([
    [{ certificate: "/no/such.pem" }, "otlp.certificate", "'/no/such.pem' (ENOENT)"],
    [{ certificate: "/dev/null" }, "otlp.certificate", "'/dev/null' (no regular file)"],
    [{ certificate: path("client-key") }, "otlp.certificate", "client-key.pem' (ERR_OSSL_PEM_NO_START_LINE)"],
    [
      { clientCertificate: path("client-cert") },
      "otlp.clientCertificate",
      "go with a clientCertificate and its clientKey",
    ],
    [{ clientKey: path("client-key") }, "otlp.clientKey", "go with a clientCertificate and its clientKey"],
    [
      { clientCertificate: path("client-cert"), clientKey: path("server-key") },
      "otlp.clientCertificate",
      "go with a clientCertificate and its clientKey",
    ],
  ])("%j in the code is an error at start (R-C3, R-P5)", (otlp, option, text) => {
    expect(() => resolveOptions({ otlp })).toThrow(OptionError);
    expect(() => resolveOptions({ otlp })).toThrow(`Option "${option}" must`);
    expect(() => resolveOptions({ otlp })).toThrow(text);
  });

  test("a key that is none is never shown (R-C3)", () => {
    const clientKey = "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----";
    const otlp = { clientCertificate: pem("client-cert"), clientKey };
    expect(() => resolveOptions({ otlp })).toThrow(/^(?!.*s3cret).*got a text that is not one/s);
  });

  test("what is wrong in a variable is one warning, and the default (R-C2)", () => {
    const resolved = resolveOptions({}, { OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: path("client-cert") });
    expect(warnings(resolved)).toEqual([
      "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE must go with a clientCertificate and its clientKey, and does not; it is ignored",
    ]);
    expect(resolved.settings.otlp.traces.tls).toBeUndefined();
  });
});
