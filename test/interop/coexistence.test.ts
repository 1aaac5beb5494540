import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { eachInTurn } from "./each-in-turn.ts";
import { type SdkLine, sdkLines } from "./lines.ts";
import { type AnySpan, type Mode, modes, runService, type ServiceRun } from "./run-service.ts";
import { installed } from "../setup/install-meanwhile.ts";

const server = 2;
const client = 3;

interface ModeFacts {
  /** As the table of docs/beside-opentelemetry.md has it. */
  readonly title: string;
  /** Where the spans of a request are. */
  readonly spans: "ours" | "theirs";
  readonly keeps: boolean;
  /** What the one line says; undefined for none. */
  readonly line: RegExp | undefined;
}

const facts: Readonly<Record<Mode, ModeFacts>> = {
  alone: { title: "Gossamer alone", spans: "ours", keeps: true, line: undefined },
  incoming: {
    title: "instrumentation-http with incoming spans on Gossamer's provider",
    spans: "ours",
    keeps: false,
    line: undefined,
  },
  before: { title: "NodeSDK first", spans: "theirs", keeps: false, line: /create Gossamer first/ },
  guest: {
    title: "NodeSDK first, without server spans of its own",
    spans: "theirs",
    keeps: false,
    line: /create Gossamer first/,
  },
  always: { title: 'NodeSDK first, then register: "always"', spans: "theirs", keeps: false, line: /Gossamer replaced/ },
  beside: { title: 'NodeSDK first, with register: "never"', spans: "theirs", keeps: false, line: undefined },
  after: { title: "NodeSDK started after Gossamer", spans: "ours", keeps: false, line: /Start the SDK first/ },
};

const page = readFileSync(join(import.meta.dirname, "../../docs/beside-opentelemetry.md"), "utf8");

const folders = await installed(inject("interop"));
const runs = new Map<string, ServiceRun>();
const keyOf = (line: SdkLine, mode: Mode): string => `${line.folder} ${mode}`;

beforeAll(async () => {
  const all = sdkLines.flatMap((line) => modes.map((mode) => ({ line, mode })));
  await eachInTurn(all, 2, async ({ line, mode }) => {
    runs.set(keyOf(line, mode), await runService(line, folders[line.folder]!, mode));
  });
});

describe.each(sdkLines)("$name", (line) => {
  describe.each(modes)("%s", (mode) => {
    const { title, spans: owner, keeps, line: said } = facts[mode];
    const run = (): ServiceRun => runs.get(keyOf(line, mode))!;
    const all = (): readonly AnySpan[] => [...run().ours, ...run().theirs];
    const servers = (): readonly AnySpan[] => all().filter(({ kind }) => kind === server);
    const ofUser = (id: string): readonly AnySpan[] => servers().filter((span) => span.attributes["user.id"] === id);
    const children = (of: AnySpan): readonly AnySpan[] =>
      all().filter((span) => span.parentSpanId === of.spanId && span.traceId === of.traceId);

    it(`${title}: answers are as they should be, and nothing goes wrong inside (R-A5)`, () => {
      expect(run().answers.map((answer) => answer.split(" ")[1])).toEqual(["200", "200", "500", "500"]);
      expect(run().faults).toEqual({});
    });

    it(`${title}: a sampled request has one SERVER span, named by its route, with what its handler said (R-I4)`, () => {
      const spans = servers().filter(({ name }) => name === "GET /users/:id");
      expect(spans).toHaveLength(1);
      expect(spans[0]?.attributes).toMatchObject({ "http.route": "/users/:id", "user.id": "1" });
      expect(run()[owner]).toContain(spans[0]);
    });

    it(`${title}: the error a handler threw is on its span (R-I4)`, () => {
      const [span, ...more] = ofUser("3");
      expect(more).toEqual([]);
      const types = [
        span?.attributes["error.type"],
        ...span!.events.map(({ attributes }) => attributes["exception.type"]),
      ];
      expect(types).toContain("RangeError");
    });

    it(`${title}: an unsampled request has no span (R-I4)`, () => {
      expect(all().filter(({ traceId }) => traceId === "2".repeat(32))).toEqual([]);
    });

    it(`${title}: every request is counted by its route and status (R-I4)`, () => {
      expect(run().counts).toEqual([
        ["/users/:id", "2xx", 2],
        ["/fails/:id", "5xx", 2],
      ]);
    });

    it(`${title}: nobody else counts the same by the same name (R-I4)`, () => {
      expect(run().doubles).toBe(0);
    });

    it(`${title}: a failing request that was not sampled ${keeps ? "is kept" : "is not kept"} (R-S12)`, () => {
      expect(servers().filter(({ traceId }) => traceId === "4".repeat(32))).toHaveLength(keeps ? 1 : 0);
    });

    it(`${title}: calls by http and fetch are its children and carry its trace on (R-I5)`, () => {
      const [request] = ofUser("1");
      for (const [scope, path] of [
        ["http", "/http/1"],
        ["undici", "/fetch/1"],
      ] as const) {
        const span = children(request!).find(({ scope: { name } }) => name.endsWith(`instrumentation-${scope}`));
        expect(span?.kind).toBe(client);
        const { traceId, spanId } = span!;
        expect(run().calls.get(path)?.["traceparent"]).toMatch(new RegExp(`^00-${traceId}-${spanId}-0[13]$`));
      }
      for (const path of ["/http/2", "/fetch/2"])
        expect(run().calls.get(path)?.["traceparent"]).toMatch(/^00-2{32}-[0-9a-f]{16}-0[02]$/);
    });

    it(`${title}: pg and ioredis queries are its children (R-I5)`, () => {
      const names = children(ofUser("1")[0]!).map(({ name }) => name);
      expect(names).toContain("pg.query:SELECT d");
      expect(names).toContain("get");
    });

    it(`${title}: our own exports leave no span (R-I5)`, () => {
      const { collectorPort } = run();
      expect(all().filter(({ attributes }) => String(attributes["server.port"]) === collectorPort)).toEqual([]);
    });

    it(`${title}: ${said === undefined ? "there is nothing to say" : "one line names the fix"} (R-I4)`, () => {
      expect(run().lines).toEqual(said === undefined ? [] : [expect.stringMatching(said)]);
    });
  });
});

it("the table of docs/beside-opentelemetry.md says the same of every mode (R-I6)", () => {
  for (const { title, spans, keeps, line } of Object.values(facts)) {
    const plain = page.replaceAll("`", "");
    const row = plain.split("\n").find((text) => text.startsWith(`| ${title} |`)) ?? "";
    expect(row, title).toContain(`| ${title} | ${spans === "ours" ? "Gossamer" : "the SDK"}`);
    expect(row, title).toContain(keeps ? "| kept |" : "| not kept |");
    expect(row, title).toContain(line === undefined ? "| nothing |" : "| one line with the fix |");
  }
});
