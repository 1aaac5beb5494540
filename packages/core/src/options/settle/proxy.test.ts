import { describe, expect, test } from "vitest";
import { resolveOptions } from "../resolve-options.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";

function proxyOf(
  endpoint: string,
  variables: Record<string, string>,
  otlp: TelemetryOptions["otlp"] = {},
): string | undefined {
  return resolveOptions({ otlp: { endpoint, ...otlp } }, { NODE_USE_ENV_PROXY: "1", ...variables }).settings.otlp.traces
    .proxy;
}

const both = { HTTPS_PROXY: "http://secure:1", HTTP_PROXY: "http://plain:2" };

describe("the proxy of exports", () => {
  test("is that of the address's scheme, where Node follows the variables (D6)", () => {
    expect(proxyOf("https://c:4318", both)).toBe("http://secure:1");
    expect(proxyOf("http://c:4318", both)).toBe("http://plain:2");
    expect(proxyOf("https://c:4318", { ...both, NODE_USE_ENV_PROXY: "" })).toBeUndefined();
    expect(proxyOf("https://c:4318", { ...both, https_proxy: "http://lower:3" })).toBe("http://lower:3");
    expect(proxyOf("https://c:4318", { HTTPS_PROXY: "proxy:3128" })).toBe("http://proxy:3128");
  });

  test.each([
    ["*", true],
    ["c.example", true],
    [".example", true],
    ["*.example", true],
    ["x, C.EXAMPLE:4318", true],
    ["c.example:1", false],
    ["xample", false],
    ["", false],
  ])("is left out for what NO_PROXY=%s names (D6)", (no, isLeftOut) => {
    expect(proxyOf("http://c.example:4318", { ...both, NO_PROXY: no }) === undefined).toBe(isLeftOut);
  });

  test("is never asked for this machine by variables, and always by the option (D6)", () => {
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
      expect(proxyOf(`http://${host}:4318`, both)).toBeUndefined();
      expect(proxyOf(`http://${host}:4318`, both, { proxy: "http://mine:3" })).toBe("http://mine:3");
    }
  });

  test("that is none is one warning that does not show it, or an error in code, and its password is never reported (D6)", () => {
    const { settings, notices } = resolveOptions({}, { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "socks5://me:s3cret@x" });
    expect(settings.otlp.traces.proxy).toBeUndefined();
    const lines = notices.filter(({ level }) => level === "warn").map(({ line }) => line);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("s3cret");
    expect(() => resolveOptions({ otlp: { proxy: "proxy" } })).toThrow(/otlp.proxy/);
    const { report } = resolveOptions({ otlp: { proxy: "http://me:s3cret@proxy:1" } });
    expect(JSON.stringify(report)).not.toContain("s3cret");
  });
});

describe("an address without a scheme", () => {
  const targetOf = (variables: Record<string, string>): [string, string] => {
    const { traces } = resolveOptions({}, variables).settings.otlp;
    return [traces.protocol, new URL(traces.url).origin];
  };

  test.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" }, ["grpc", "http://collector:4317"]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, ["http/protobuf", "http://collector:4318"]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "[::1]:4318" }, ["http/protobuf", "http://[::1]:4318"]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "api.vendor.example:443" }, ["http/protobuf", "https://api.vendor.example"]],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector:4317" }, ["grpc", "http://collector:4317"]],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317", OTEL_EXPORTER_OTLP_INSECURE: "false" },
      ["grpc", "https://collector:4317"],
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" },
      ["http/protobuf", "http://collector:4317"],
    ],
  ])("is taken as it is meant: %o (D9)", (variables, expected) => {
    expect(targetOf(variables)).toEqual(expected);
  });

  test.each(["collector", "htp://collector:4318", "collector:port", "://", "collector:99999"])(
    "of which nobody can tell where it leads sends nothing, to localhost neither, and is one warning: %s (D9)",
    (address) => {
      const { settings, notices } = resolveOptions({}, { OTEL_EXPORTER_OTLP_ENDPOINT: address });
      expect(settings.exporters).toEqual({ traces: [], metrics: "none", logs: "none" });
      expect(notices.filter(({ line }) => line.startsWith("OTEL_EXPORTER_OTLP_ENDPOINT"))).toHaveLength(1);
      const inCode = resolveOptions({ otlp: { endpoint: "http://c:1" } }, { OTEL_EXPORTER_OTLP_ENDPOINT: address });
      expect(inCode.settings.exporters).toEqual({ traces: ["otlp"], metrics: "otlp", logs: "otlp" });
    },
  );
});
