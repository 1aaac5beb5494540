import { readFileSync } from "node:fs";
import { resetTelemetry } from "@gossamer/core";
import { telemetry } from "@gossamer/express";
import * as operations from "@gossamer/operations";
import * as profiles from "@gossamer/profile";
import { afterEach, describe, expect, it, vi } from "vitest";

const quiet = { exporter: "none", shutdown: { signals: false }, diagnostics: "none" } as const;

function pageOf(name: string): { text: string; examples: string[] } {
  const text = readFileSync(new URL(`../docs/${name}.md`, import.meta.url), "utf8");
  return { text, examples: [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code) };
}

/** What the pages call `telemetry`: Express's, told to be quiet. */
const quietTelemetry = Object.assign((options: object) => telemetry({ ...quiet, ...options }), telemetry);

/** Runs an example, a line at a time, and answers what its lines gave. */
function run(code: string, names: Readonly<Record<string, unknown>> = {}): unknown[] {
  const given = { telemetry: quietTelemetry, ...names };
  const statements = code.split(/;\s*(?:\/\/.*)?\n/).filter((line) => line.trim() !== "");
  // oxlint-disable-next-line typescript/no-implied-eval -- the pages' own examples are what is tested
  return statements.map((line) => new Function(...Object.keys(given), `return ${line}`)(...Object.values(given)));
}

afterEach(async () => {
  vi.unstubAllEnvs();
  await resetTelemetry();
});

describe("docs/tickets.md", () => {
  it("its example makes a ticket of the form that it shows (R-S20)", () => {
    vi.stubEnv("TICKET_SECRET", "s".repeat(32));
    const { examples } = pageOf("tickets");
    expect(examples).toHaveLength(1);
    const [, ticket] = run(examples[0] ?? "");
    expect(ticket).toMatch(/^t1\.[\w.-]+$/);
  });

  it("names the counts that there are, and no others (R-S20)", () => {
    const [, table = ""] = pageOf("tickets").text.split("## Invalid tickets");
    const told = [...(table.split("\n## ")[0] ?? "").matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
    );
    const counted = ["sampling/tickets/tickets.ts", "telemetry/sampling/ticket-gate.ts"].flatMap((file) => {
      const source = readFileSync(new URL(`../packages/core/src/${file}`, import.meta.url), "utf8");
      return [...source.matchAll(/(?:refuse\(|counts\.add\(|return |\? |: )"([a-z-]+)"/g)].map(([, word]) => word);
    });
    // What decided the request, not what became of a ticket.
    const others = new Set(["ticket"]);
    expect(new Set(told)).toEqual(new Set(counted.filter((word = "") => !others.has(word))));
  });
});

describe("docs/operations.md", () => {
  it("its examples run, the one with rules at a start (R-I13)", () => {
    const { examples } = pageOf("operations");
    expect(examples).toHaveLength(2);
    expect(run(examples[0] ?? "")).toEqual([undefined, undefined]);
    expect(run(examples[1] ?? "")).toEqual([expect.any(Function)]);
    expect(telemetry.explain({ route: "/graphql", method: "POST", operation: "graphql:GetUser" })).toMatchObject({
      decidedBy: "rule",
      ratio: 0.01,
    });
  });

  it("names the function that each library is given (R-I13)", () => {
    const named = [...pageOf("operations").text.matchAll(/(\w+Operations)\(\)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(Object.keys(operations).filter((name) => name.endsWith("Operations"))));
  });
});

describe("docs/profiles.md", () => {
  it("its example mounts a handler that asks who it is, and opens nothing unasked (R-O7)", () => {
    const [example = ""] = pageOf("profiles").examples;
    const [handed = "", rest = ""] = example.split(/\n\nconst .*\n/);
    const imported = /import \{ (.*) \} from "@gossamer\/profile"/.exec(handed)?.[1]?.split(", ") ?? [];
    expect(imported.every((name) => Object.hasOwn(profiles, name))).toBe(true);
    const mounted: unknown[] = [];
    const [, served] = run(rest, { ...profiles, app: { use: (...given: unknown[]) => mounted.push(...given) } });
    expect(mounted).toEqual(["/debug/pprof", expect.any(Function)]);
    expect(served).toBeUndefined();
  });
});
