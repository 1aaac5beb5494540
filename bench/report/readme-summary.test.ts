import assert from "node:assert/strict";
import { test } from "node:test";
import { expectedReadme, latestRun, replaceBenchSection } from "./readme-section.ts";
import { readmeSummary, readmeTable } from "./readme-summary.ts";
import { requestRows } from "./request-rows.ts";
import { runSummary } from "./run-summary.ts";
import type { SavedRun } from "./saved-run.ts";
import { judge, type Target, type Verdict } from "./target.ts";

const files = { name: "run-full", hasPlot: true, hasPage: true };

const target = (promise: string, measured: number, rank: Target["rank"] = "asked"): Verdict =>
  judge({ promise, bound: "at most", limit: 1, measured: { value: measured, low: measured, high: measured }, rank });

const rounds = (cost: number): number[][] => [[cost], [cost], [cost]];

const cpuMicrosARequest = {
  bare: rounds(30),
  "bare again (A/A)": rounds(30),
  floor: rounds(32),
  "Gossamer 1 %": rounds(33),
  "OpenTelemetry 1 %": rounds(120),
  "OpenTelemetry 1 %, no layer spans": rounds(60),
  "dd-trace 1 %": rounds(90),
  "dd-trace 100 %": rounds(130),
  "Gossamer 1 %, all errors": rounds(99),
};

const ofErrors = "Gossamer 1 %, all errors";
const data = {
  cpuMicrosARequest,
  added: Object.fromEntries(
    Object.keys(cpuMicrosARequest).map((name) => [name, { baseline: name === ofErrors ? "bare, all errors" : "bare" }]),
  ),
  delivered: { "Gossamer 1 %": { requests: 1000, spans: 10 } },
};

function saved(changes: Partial<SavedRun> = {}): SavedRun {
  return {
    at: "2030-01-02T03:04:05.000Z",
    mode: "full",
    machine: { cpu: "A CPU", cores: 2, memoryGiB: 8, platform: "linux x64", node: "v24.0.0", loadAverage: [0, 0, 0] },
    pinning: "pinned to core 1 with taskset",
    versions: { express: "5.0.0" },
    targets: [target("cheap", 0.5), target("dear", 2), target("a stricter one", 3, "stricter")],
    requestRows: requestRows(data),
    parts: {},
    ...changes,
  };
}

test("the README's table has what is added, in floors and as a share of the peers at the same ratio", () => {
  const summary = readmeSummary(saved(), files);
  const row = summary.split("\n").find((line) => line.startsWith("| Gossamer 1 % |"));
  const peers = "1/30.0 of OpenTelemetry; 1/10.0 of OpenTelemetry without layer spans; 1/20.0 of dd-trace";
  assert.equal(row, `| Gossamer 1 % | 3.00 (3.00–3.00) | 1.50 | 0.0100 | ${peers} |`);
});

test("the README has one table of a request's cost, with its control, and how many targets are met (R-O8)", () => {
  const lines = readmeTable(saved(), files).split("\n");
  assert.ok(lines.some((line) => line.startsWith("| Gossamer 1 % |")));
  assert.ok(
    lines.some((line) =>
      line.startsWith(
        "1 of 2 targets is met (a target counts as met only if the whole confidence interval meets it): [bench/results/",
      ),
    ),
  );
  assert.ok(lines.length <= 20, `${lines.length} lines`);
});

test("rows with a baseline of their own are left out, never compared with the wrong one", () => {
  assert.ok(!readmeSummary(saved(), files).includes(ofErrors));
});

test("missed targets come first and are called missed, and stricter ones are not counted", () => {
  const lines = readmeSummary(saved(), files).split("\n");
  const head = lines.findIndex((line) => line.startsWith("| target (1 of 2 targets is met)"));
  assert.match(lines[head + 2]!, /^\| dear .* missed \|$/);
  assert.match(lines[head + 3]!, /^\| cheap .* met \|$/);
});

test("however much was measured, the README's part has at most 42 lines, unless more is missed: that is all there", () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`contestant ${i}`, rounds(40)]));
  const added = Object.fromEntries(Object.keys(many).map((name) => [name, { baseline: "bare" }]));
  const summaryOf = (measured: number): string =>
    readmeSummary(
      saved({
        targets: Array.from({ length: 40 }, (_, i) => target(`promise ${i}`, measured)),
        requestRows: requestRows({ cpuMicrosARequest: { bare: rounds(30), ...many }, added }),
      }),
      files,
    );
  const held = summaryOf(0.5);
  assert.ok(held.split("\n").length <= 42, `${held.split("\n").length} lines`);
  assert.match(held, /^24 more that are met, and all tables/m);
  assert.equal(summaryOf(2).match(/ missed \|$/gm)?.length, 40);
});

test("parts that failed are named, in the README and on the page", () => {
  const run = saved({ failures: [{ part: "scaling", message: "a span is missing\nat x" }] });
  assert.match(readmeSummary(run, files), /because they failed: scaling\./);
  assert.match(runSummary(run, [], []), /\*\*scaling failed and has no numbers\*\*: a span is missing$/m);
});

test("what a part says in a sentence stands below the tables", () => {
  assert.ok(readmeSummary(saved({ headlines: ["It holds 3 MB."] }), files).endsWith("\n\nIt holds 3 MB."));
});

test("the command is the one that does such a run again", () => {
  const summary = readmeSummary(saved({ mode: "quick", options: "--part requests --rounds 4" }), files);
  assert.ok(summary.includes("`npx -y pnpm@12 bench --quick --part requests --rounds 4`"));
});

const emptyReadme = "# A\n\n<!-- bench: begin; written by `pnpm bench:readme` -->\n<!-- bench: end -->\n\nrest\n";

test("a README that names a run must say what the run found", () => {
  const written = replaceBenchSection(emptyReadme, "run-full", "found");
  assert.equal(
    expectedReadme(written, () => "found"),
    written,
  );
  assert.notEqual(
    expectedReadme(written.replace("found", "better"), () => "found"),
    written.replace("found", "better"),
  );
  assert.ok(written.endsWith("<!-- bench: end -->\n\nrest\n"));
});

test("a README that names no run must claim nothing there", () => {
  assert.equal(expectedReadme(emptyReadme), emptyReadme);
  const claiming = emptyReadme.replace("<!-- bench: end", "ten times faster\n<!-- bench: end");
  assert.notEqual(expectedReadme(claiming), claiming);
});

test("the newest full run of everything is taken before one of parts, and that before a quick one", () => {
  const names = [
    "2030-01-01-full.json",
    "2030-01-04-quick.json",
    "2030-01-02-full.json",
    "2030-01-03-full.json",
    "x.svg",
  ];
  assert.equal(
    latestRun(names, (name) => name !== "2030-01-03-full"),
    "2030-01-02-full",
  );
  assert.equal(
    latestRun(names, () => false),
    "2030-01-03-full",
  );
  assert.equal(
    latestRun(["2030-01-01-quick.json"], () => true),
    "2030-01-01-quick",
  );
});

test("the page of a run has its machine, versions, tables and every target", () => {
  const page = runSummary(saved(), [{ title: "Requests", text: "a table" }], ["run.svg"]);
  for (const part of [
    "A CPU",
    "express 5.0.0",
    "## Requests",
    "a table",
    "stricter: a stricter one",
    "![run.svg](run.svg)",
  ])
    assert.ok(page.includes(part), part);
});

test("a run without the main part has no main table", () => {
  assert.equal(requestRows(undefined), undefined);
  assert.equal(requestRows({ cpuMicrosARequest: { floor: rounds(3) } }), undefined);
  assert.ok(!readmeSummary(saved({ requestRows: undefined }), files).includes("per Express request"));
});
