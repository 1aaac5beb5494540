import { expect, test } from "vitest";
import { resolveOptions } from "../../options/resolve-options.ts";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { keepLines } from "../../pipeline/testing/pipeline-kit.ts";
import { RouteTable } from "../../model/route.ts";
import { tiered } from "../../sampling/samplers/tiered.ts";
import { Tally } from "../../tally/tally.ts";
import { ApiStanding } from "./api-standing.ts";
import { createExchangeHost } from "./create-exchange-host.ts";
import { createRooms } from "./rooms.ts";

function create(options: TelemetryOptions) {
  const { settings } = resolveOptions(options as TelemetryOptions<never>);
  const diagnostics = keepLines();
  const faults = new Tally();
  const rooms = createRooms({
    settings,
    resource: { attributes: {} },
    diagnostics,
    faults,
    activeContext: () => undefined,
  });
  const standing = new ApiStanding(settings, diagnostics, faults);
  const tracer = standing.provider(rooms.tracing, () => Promise.resolve()).getTracer("test");
  return { rooms, host: createExchangeHost({ settings, rooms, standing, tracer, routes: new RouteTable() }) };
}

test("rules that are changed while the service runs hold for every exchange from then on (R-S15)", () => {
  const { rooms, host } = create({ exporter: "none", register: "never" });
  expect([host.rules, host.decisionWaitsForRoute]).toEqual([undefined, false]);
  rooms.sampling.update({ rules: [{ match: "GET /users/:id", ratio: 1 }] });
  expect(host.rules).toBeDefined();
  expect(host.rules).toBe(rooms.sampling.rules);
  expect(host.decisionWaitsForRoute).toBe(true);
});

test("a tiered sampler that comes while the service runs decides on child spans from then on, and no longer once it has gone (R-S8, R-S15)", () => {
  const { rooms } = create({ exporter: "none", register: "never" });
  const sampler = tiered({ root: 0.5 });
  expect(rooms.tracing.tiers).toBeUndefined();
  rooms.sampling.update({ sampler });
  expect(rooms.tracing.tiers).toBe(sampler);
  rooms.sampling.update({ sampleRatio: 1 });
  expect(rooms.tracing.tiers).toBeUndefined();
});

test("where telemetry is switched off there is nothing to look for as a request begins (R-I7)", () => {
  expect(create({ enabled: false }).host.surroundings).toBeUndefined();
  expect(create({ exporter: "none", register: "never" }).host.surroundings).toBeDefined();
});
