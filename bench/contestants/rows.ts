import type { PresetName } from "@gossamer/core";
import { bare } from "./bare.ts";
import type { Contestant } from "./contestant.ts";
import { ddTrace } from "./dd-trace.ts";
import { elastic } from "./elastic.ts";
import { floor } from "./floor.ts";
import { gossamer } from "./gossamer.ts";
import { openTelemetry } from "./opentelemetry.ts";
import { fastifyLines, pinoHttp } from "./pino-http.ts";
import type { Workload } from "./workload.ts";

type Rows = Readonly<Record<string, () => Contestant>>;

const express: Rows = {
  bare: () => bare({ name: "bare" }),
  "bare-again": () => bare({ name: "bare again (A/A)" }),
  floor: () => floor({ name: "floor" }),
  "gossamer-0": () => gossamer({ name: "Gossamer 0 %", ratio: 0 }),
  "gossamer-1": () => gossamer({ name: "Gossamer 1 %", ratio: 0.01 }),
  "gossamer-10": () => gossamer({ name: "Gossamer 10 %", ratio: 0.1 }),
  "gossamer-100": () => gossamer({ name: "Gossamer 100 %", ratio: 1 }),
  "gossamer-1-lines": () => gossamer({ name: "Gossamer 1 %, request lines", ratio: 0.01, requestLines: "sampled" }),
  "gossamer-1-all-lines": () => gossamer({ name: "Gossamer 1 %, all request lines", ratio: 0.01, requestLines: "all" }),
  "gossamer-100-lines": () => gossamer({ name: "Gossamer 100 %, request lines", ratio: 1, requestLines: "sampled" }),
  "gossamer-100-gzip": () => gossamer({ name: "Gossamer 100 %, gzip", ratio: 1, compression: "gzip" }),
  "gossamer-minimal": () => preset("minimal", 0.01),
  "gossamer-balanced": () => preset("balanced", 0.1),
  "gossamer-debug": () => preset("debug", 1),
  "gossamer-high-throughput": () => preset("high-throughput", 0.01),
  "gossamer-low-latency": () => preset("low-latency", 0.05),
  "gossamer-constrained": () => preset("constrained", 0.005),
  "opentelemetry-0": () => openTelemetry({ name: "OpenTelemetry 0 %", ratio: 0 }),
  "opentelemetry-1": () => openTelemetry({ name: "OpenTelemetry 1 %", ratio: 0.01 }),
  "opentelemetry-100": () => openTelemetry({ name: "OpenTelemetry 100 %", ratio: 1 }),
  "opentelemetry-100-gzip": () => openTelemetry({ name: "OpenTelemetry 100 %, gzip", ratio: 1, compression: "gzip" }),
  "opentelemetry-0-server-only": () =>
    openTelemetry({ name: "OpenTelemetry 0 %, no layer spans", ratio: 0, spans: "server-only" }),
  "opentelemetry-1-server-only": () =>
    openTelemetry({ name: "OpenTelemetry 1 %, no layer spans", ratio: 0.01, spans: "server-only" }),
  "opentelemetry-100-server-only": () =>
    openTelemetry({ name: "OpenTelemetry 100 %, no layer spans", ratio: 1, spans: "server-only" }),
  "opentelemetry-1-http-alone": () =>
    openTelemetry({ name: "OpenTelemetry 1 %, http alone", ratio: 0.01, spans: "http-alone" }),
  "opentelemetry-100-http-alone": () =>
    openTelemetry({ name: "OpenTelemetry 100 %, http alone", ratio: 1, spans: "http-alone" }),
  "dd-trace-1": () => ddTrace({ name: "dd-trace 1 %", ratio: 0.01 }),
  "dd-trace-1-discard": () => ddTrace({ name: "dd-trace 1 %, rest discarded", ratio: 0.01, discard: true }),
  "dd-trace-100": () => ddTrace({ name: "dd-trace 100 %", ratio: 1 }),
  "elastic-1": () => elastic({ name: "elastic-apm-node 1 %", ratio: 0.01 }),
  "elastic-100": () => elastic({ name: "elastic-apm-node 100 %, gzip", ratio: 1 }),
  "pino-http": () => pinoHttp("pino-http"),
  "bare-errors": () => bare({ name: "bare, all errors", workload: "errors" }),
  // Every one is kept, so that each is first not sampled and then made a span after all: the cap on keeps is lifted, or most would cost nothing.
  "gossamer-errors": () =>
    gossamer({
      name: "Gossamer 1 %, all errors kept",
      workload: "errors",
      options: { sampleRatio: 0.01, keep: { errors: 1, maxPerSecond: 1_000_000 } },
      ratio: 1,
    }),
  // At most 100 a second are kept: what a service in an outage pays.
  "gossamer-errors-capped": () =>
    gossamer({
      name: "Gossamer 1 %, all errors, default cap",
      workload: "errors",
      options: { sampleRatio: 0.01 },
      ratio: "some",
    }),
};

function preset(name: PresetName, ratio: number): Contestant {
  return gossamer({ name: `Gossamer, preset ${name}`, preset: name, ratio });
}

/** The other kinds of requests, as the names of their rows end and as the table calls them. */
export const shapes: Readonly<Record<Shape, string>> = {
  traceparent: "traceparent",
  log: "log line",
  call: "outgoing call",
};

export type Shape = Extract<Workload, "traceparent" | "log" | "call">;

/** Bare, bare again, and everyone who traces at 1 % and at 100 %, with requests of a shape: `gossamer-1-traceparent`. */
function rowsOfShape(workload: Shape): Rows {
  const shape = shapes[workload];
  return {
    [`bare-${workload}`]: () => bare({ name: `bare, ${shape}`, workload }),
    [`bare-again-${workload}`]: () => bare({ name: `bare again (A/A), ${shape}`, workload }),
    [`gossamer-1-${workload}`]: () => gossamer({ name: `Gossamer 1 %, ${shape}`, workload, ratio: 0.01 }),
    [`gossamer-100-${workload}`]: () => gossamer({ name: `Gossamer 100 %, ${shape}`, workload, ratio: 1 }),
    [`opentelemetry-1-${workload}`]: () =>
      openTelemetry({ name: `OpenTelemetry 1 %, ${shape}`, workload, ratio: 0.01 }),
    [`opentelemetry-100-${workload}`]: () =>
      openTelemetry({ name: `OpenTelemetry 100 %, ${shape}`, workload, ratio: 1 }),
    [`dd-trace-1-${workload}`]: () => ddTrace({ name: `dd-trace 1 %, ${shape}`, workload, ratio: 0.01 }),
    [`dd-trace-100-${workload}`]: () => ddTrace({ name: `dd-trace 100 %, ${shape}`, workload, ratio: 1 }),
    [`elastic-1-${workload}`]: () => elastic({ name: `elastic-apm-node 1 %, ${shape}`, workload, ratio: 0.01 }),
    [`elastic-100-${workload}`]: () => elastic({ name: `elastic-apm-node 100 %, gzip, ${shape}`, workload, ratio: 1 }),
  };
}

const framework = "fastify";

const fastify: Rows = {
  "fastify-bare": () => bare({ name: "Fastify, bare", framework }),
  "fastify-bare-again": () => bare({ name: "Fastify, bare again (A/A)", framework }),
  "fastify-floor": () => floor({ name: "Fastify, floor", framework }),
  "fastify-gossamer-0": () => gossamer({ name: "Fastify, Gossamer 0 %", framework, ratio: 0 }),
  "fastify-gossamer-1": () => gossamer({ name: "Fastify, Gossamer 1 %", framework, ratio: 0.01 }),
  "fastify-own-lines": () => fastifyLines("Fastify, its own two lines"),
  "fastify-gossamer-0-all-lines": () =>
    gossamer({ name: "Fastify, Gossamer 0 %, all request lines", framework, ratio: 0, requestLines: "all" }),
  "fastify-gossamer-100": () => gossamer({ name: "Fastify, Gossamer 100 %", framework, ratio: 1 }),
  "fastify-opentelemetry-0": () => openTelemetry({ name: "Fastify, OpenTelemetry 0 %", framework, ratio: 0 }),
  "fastify-opentelemetry-1": () => openTelemetry({ name: "Fastify, OpenTelemetry 1 %", framework, ratio: 0.01 }),
  "fastify-opentelemetry-1-server-only": () =>
    openTelemetry({ name: "Fastify, OpenTelemetry 1 %, no hook spans", framework, ratio: 0.01, spans: "server-only" }),
  "fastify-opentelemetry-100": () => openTelemetry({ name: "Fastify, OpenTelemetry 100 %", framework, ratio: 1 }),
  "fastify-opentelemetry-100-server-only": () =>
    openTelemetry({ name: "Fastify, OpenTelemetry 100 %, no hook spans", framework, ratio: 1, spans: "server-only" }),
};

function nestOn(platform: "express" | "fastify"): Rows {
  const on = `Nest on ${platform === "express" ? "Express" : "Fastify"}`;
  const given = { framework: platform, nest: 12 } as const;
  return {
    [`nest-${platform}-bare`]: () => bare({ name: `${on}, bare`, ...given }),
    [`nest-${platform}-gossamer-0`]: () => gossamer({ name: `${on}, Gossamer 0 %`, ...given, ratio: 0 }),
    [`nest-${platform}-gossamer-100`]: () => gossamer({ name: `${on}, Gossamer 100 %`, ...given, ratio: 1 }),
  };
}

const nest11: Rows = {
  "nest-11-bare": () => bare({ name: "Nest 11, bare", nest: 11 }),
  "nest-11-bare-again": () => bare({ name: "Nest 11, bare again (A/A)", nest: 11 }),
  "nest-11-gossamer-1": () => gossamer({ name: "Nest 11, Gossamer 1 %", nest: 11, ratio: 0.01 }),
  "nest-11-gossamer-100": () => gossamer({ name: "Nest 11, Gossamer 100 %", nest: 11, ratio: 1 }),
  "nest-11-opentelemetry-1": () => openTelemetry({ name: "Nest 11, OpenTelemetry 1 %", nest: true, ratio: 0.01 }),
  "nest-11-opentelemetry-100": () => openTelemetry({ name: "Nest 11, OpenTelemetry 100 %", nest: true, ratio: 1 }),
  "nest-11-opentelemetry-100-server-only": () =>
    openTelemetry({
      name: "Nest 11, OpenTelemetry 100 %, no Express spans",
      nest: true,
      ratio: 1,
      spans: "server-only",
    }),
};

/** Every contestant, by the name that parts ask for it by. */
const rows: Rows = {
  ...express,
  ...rowsOfShape("traceparent"),
  ...rowsOfShape("log"),
  ...rowsOfShape("call"),
  ...fastify,
  ...nestOn("express"),
  ...nestOn("fastify"),
  ...nest11,
};

export const rowNames: readonly string[] = Object.keys(rows);

export function rowNamesOfShape(shape: Shape): string[] {
  return Object.keys(rowsOfShape(shape));
}

export function rowNamed(name: string): Contestant {
  const row = rows[name];
  if (row === undefined) throw new Error(`No row is named "${name}".`);
  return row();
}
