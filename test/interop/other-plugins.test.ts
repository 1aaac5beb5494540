import { beforeAll, describe, expect, inject, it } from "vitest";
import { lastLine, runNode } from "../package/consumers.ts";
import { eachInTurn } from "./each-in-turn.ts";
import { sdkLines } from "./lines.ts";
import type { AnySpan } from "./run-service.ts";
import { installed } from "../setup/install-meanwhile.ts";

const folders = await installed(inject("interop"));

const server = 2;

/** Who else begins a span for a request, on which framework, and whose provider both use. */
interface World {
  readonly title: string;
  readonly framework: "fastify" | "express" | "nest";
  readonly other: "otel" | "autotelic" | "instrumentation-express" | "by-hand";
  readonly order: "before" | "after";
  readonly provider: "ours" | "sdk" | "sdk-http";
}

interface Report {
  readonly lines: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly status: number;
  readonly seen: { readonly route?: string; readonly traceId?: string };
  readonly spans: readonly AnySpan[];
}

const worlds: readonly World[] = [
  ...(["ours", "sdk", "sdk-http"] as const).flatMap((provider) =>
    (["before", "after"] as const).map((order): World => {
      const title = `@fastify/otel ${order} us, ${provider}`;
      return { title, framework: "fastify", other: "otel", order, provider };
    }),
  ),
  ...(["ours", "sdk"] as const).map((provider): World => {
    const title = `@autotelic/fastify-opentelemetry before us, ${provider}`;
    return { title, framework: "fastify", other: "autotelic", order: "before", provider };
  }),
  { title: "a span by hand, Fastify", framework: "fastify", other: "by-hand", order: "before", provider: "ours" },
  { title: "a span by hand, Express", framework: "express", other: "by-hand", order: "before", provider: "ours" },
  {
    title: "instrumentation-express without instrumentation-http",
    framework: "express",
    other: "instrumentation-express",
    order: "before",
    provider: "ours",
  },
  { title: "@fastify/otel on Nest", framework: "nest", other: "otel", order: "before", provider: "ours" },
];

describe.each(sdkLines)("$name", ({ folder: name, sdk }) => {
  const reports = new Map<string, Report>();

  beforeAll(async () => {
    const folder = folders[name]!;
    await eachInTurn(worlds, 2, async ({ title, ...world }) => {
      const ended = await runNode(["other-plugins.cjs", JSON.stringify({ ...world, sdk })], { cwd: folder });
      reports.set(title, lastLine(ended) as Report);
    });
  });

  it.each(worlds)(
    "$title: a request has one SERVER span, named by its route, with what its handler said (C16)",
    ({ title }) => {
      const { spans, seen, faults, status } = reports.get(title)!;
      expect([faults, status]).toEqual([{}, 500]);
      const servers = spans.filter(({ kind }) => kind === server);
      expect(servers.map(({ name: spanName }) => spanName)).toEqual(["GET /users/:id", "GET /fails/:id"]);
      expect(servers.map(({ attributes }) => [attributes["http.route"], attributes["user.id"]])).toEqual([
        ["/users/:id", "1"],
        ["/fails/:id", "2"],
      ]);
      expect(seen).toEqual({ route: "/users/:id", traceId: servers[0]?.traceId });
      // The handler's own spans are in the trace of their request.
      const work = spans.filter(({ name: spanName }) => spanName === "work");
      expect(work.map(({ traceId }) => traceId)).toEqual(servers.map(({ traceId }) => traceId));
      const { attributes, events } = servers[1]!;
      const thrown = events.map((event) => event.attributes["exception.type"]);
      expect(thrown.length === 0 ? ["RangeError"] : thrown).toEqual(["RangeError"]);
      expect(attributes["error.type"]).toBe("RangeError");
    },
  );

  it.each([
    { title: "after us", world: { other: "autotelic", order: "after" } },
    { title: "before us, but it shows its span to nobody", world: { other: "autotelic-hidden", order: "before" } },
  ])("a plugin that begins a second SERVER span $title is one line with the right order (C16)", async ({ world }) => {
    const settings = { ...world, sdk, framework: "fastify", provider: "ours" };
    const ended = await runNode(["other-plugins.cjs", JSON.stringify(settings)], { cwd: folders[name]! });
    const { lines, status } = lastLine(ended) as Report;
    expect(status).toBe(500);
    expect(lines).toEqual([expect.stringContaining("register it before Gossamer")]);
  });
});
