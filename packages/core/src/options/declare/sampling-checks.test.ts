import { expect, test } from "vitest";
import { remoteSamplingCheck, rolloutCheck, samplingFileCheck } from "./sampling-checks.ts";

test("a file is a path, or an object with one (R-S15)", () => {
  const parse = (text: string): unknown => text;
  expect(samplingFileCheck.validate("a.json", "samplingFile")).toEqual({
    path: "a.json",
    parse: JSON.parse,
    pollMs: 5_000,
  });
  expect(samplingFileCheck.validate({ path: "a.yml", parse, pollMs: 100 }, "samplingFile")).toEqual({
    path: "a.yml",
    parse,
    pollMs: 100,
  });
});

test.each<[unknown, string]>([
  ["rules.yaml", "names a YAML file without a parser"],
  [{ pollMs: 1_000 }, "must be the path of a file"],
  [{ path: "a", pollMs: 1 }, "must be a number of milliseconds from 100"],
  [{ path: "a", pollMS: 1 }, 'Unknown option "samplingFile.pollMS". Did you mean "samplingFile.pollMs"?'],
])("a file given as %j is an error at start (R-C3)", (given, message) => {
  expect(() => samplingFileCheck.validate(given, "samplingFile")).toThrow(message);
});

test.each<[unknown, object]>([
  [{}, { url: "http://localhost:5778/sampling", protocol: "http", pollMs: 60_000, timeoutMs: 5_000 }],
  ["http://jaeger:14250", { url: "http://jaeger:14250/", shownUrl: "http://jaeger:14250", protocol: "grpc" }],
  ["http://jaeger:5779", { protocol: "grpc" }],
  [
    { url: "http://jaeger:9", protocol: "grpc", initialRatio: 0 },
    { protocol: "grpc", initialRatio: 0 },
  ],
  ["http://u:p@jaeger/s?key=1", { url: "http://u:p@jaeger/s?key=1", shownUrl: "http://jaeger/s", protocol: "http" }],
])("an endpoint given as %j has its form and its defaults (R-S17)", (given, settings) => {
  expect(remoteSamplingCheck.validate(given, "remoteSampling")).toMatchObject(settings);
});

test.each<[unknown, string]>([
  ["jaeger", 'Option "remoteSampling.url" must be a URL that begins with http:// or https://'],
  [
    7,
    'Option "remoteSampling" must be a URL, or an object with url, protocol, pollMs, timeoutMs, initialRatio, got 7.',
  ],
  [{ pollMs: 10 }, 'Option "remoteSampling.pollMs" must be a number of milliseconds from 1000'],
  [{ initialRatio: 2 }, 'Option "remoteSampling.initialRatio" must be a number from 0 to 1, got 2.'],
  [{ every: 1 }, 'Unknown option "remoteSampling.every".'],
  [{ protocol: "udp" }, 'Option "remoteSampling.protocol" must be "http" or "grpc"'],
])("an endpoint given as %j is an error at start (R-C3)", (given, message) => {
  expect(() => remoteSamplingCheck.validate(given, "remoteSampling")).toThrow(message);
});

test("a rollout has its defaults, and header names in lower case (R-S13)", () => {
  expect(rolloutCheck.validate({ key: { header: "X-User" } }, "rollout")).toEqual({
    ratio: 0.01,
    key: { header: "x-user" },
    salt: "",
    outside: "metrics",
  });
});

test.each<[unknown, string]>([
  [{}, 'Option "rollout.key" must be a function, or an object with header or baggage'],
  [{ key: {} }, "got neither"],
  [{ key: { header: "a", baggage: "b" } }, "got both"],
  [{ key: { header: "a b" } }, "must be the name of an HTTP header"],
  [{ key: { cookie: "a" } }, 'Unknown option "rollout.key.cookie"'],
  [{ key: { baggage: "a" }, ratio: 1.01 }, "must be a number from 0 to 1, got 1.01"],
  [{ key: { baggage: "a" }, outside: "all" }, 'must be "metrics" or "nothing"'],
])("a rollout given as %j is an error at start (R-C3)", (given, message) => {
  expect(() => rolloutCheck.validate(given, "rollout")).toThrow(message);
});
