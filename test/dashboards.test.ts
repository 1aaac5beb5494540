import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { createGenerator } from "ts-json-schema-generator";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { boardFiles } from "../scripts/boards/board-files.ts";
import { panelsOf } from "../scripts/boards/board.ts";
import { boards } from "../scripts/boards/boards.ts";
import { collectorMetrics } from "../scripts/boards/collector-metrics.ts";
import { metricCatalogue } from "../scripts/metric-catalogue.ts";
import type { GrafanaParts } from "../scripts/boards/grafana-parts.ts";
import { namesIn } from "../scripts/boards/names-in.ts";

const folder = join(import.meta.dirname, "../deploy/grafana");

interface GrafanaPanel {
  readonly type: string;
  readonly title?: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly options?: unknown;
  readonly fieldConfig?: { readonly defaults: { readonly custom?: unknown } };
}

interface GrafanaBoard {
  readonly uid: string;
  readonly panels: readonly GrafanaPanel[];
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

/** The labels of each series in the catalogue. */
const known = new Map<string, readonly string[]>(
  metricCatalogue.flatMap(({ series, labels }) => series.map((name) => [name, labels] as const)),
);
const always = ["job", "instance"];

const saved = readdirSync(folder).map((file) => ({
  file,
  board: JSON.parse(readFileSync(join(folder, file), "utf8")) as GrafanaBoard,
}));

describe("boards for Grafana", () => {
  it("are what is made of scripts/boards; `pnpm dashboards` writes them (R-D2)", () => {
    expect(new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]))).toEqual(
      boardFiles,
    );
  });

  it("show every panel of the boards with its expressions (R-D2)", () => {
    for (const board of boards) {
      const shown = saved.find(({ file }) => file === `${board.name}.json`)?.board.panels ?? [];
      expect(shown.filter(({ type }) => type !== "row").map(({ targets }) => targets?.map(({ expr }) => expr))).toEqual(
        panelsOf(board).map(({ queries }) => queries.map(({ expression }) => expression)),
      );
    }
  });
});

describe("the schema of Grafana's boards", () => {
  const valid = new Map<string, ValidateFunction>();

  // Made of the types that Grafana's own SDK publishes: it ships no schema.
  beforeAll(() => {
    const generator = createGenerator({
      path: join(import.meta.dirname, "../scripts/boards/grafana-parts.ts"),
      tsconfig: join(import.meta.dirname, "../tsconfig.base.json"),
      skipTypeCheck: true,
    });
    for (const part of ["BoardPart", "LinesPart", "FieldsPart", "HeatmapPart", "QueryPart"] as const) {
      const { definitions = {}, ...schema } = generator.createSchema(part);
      // Of a board: each source of data has queries of its own, which are judged by theirs below.
      const open = part === "BoardPart" ? { Dataquery: {} } : {};
      const whole: Record<string, unknown> = { ...schema, definitions: { ...definitions, ...open } };
      valid.set(part, new Ajv({ strict: false, allErrors: true }).compile(whole));
    }
  }, 120_000);

  const faults = (part: keyof GrafanaParts, value: unknown): unknown => {
    const validate = valid.get(part);
    return validate?.({ value }) === true ? [] : (validate?.errors ?? "no schema");
  };

  it.each(saved)("finds no fault in $file (R-D2)", ({ board }) => {
    expect(faults("BoardPart", board)).toEqual([]);
    for (const { type, title, targets = [], options, fieldConfig } of board.panels) {
      if (type === "row") continue;
      expect(faults(type === "heatmap" ? "HeatmapPart" : "LinesPart", options), title).toEqual([]);
      if (type === "timeseries") expect(faults("FieldsPart", fieldConfig?.defaults.custom), title).toEqual([]);
      for (const target of targets) expect(faults("QueryPart", target), title).toEqual([]);
    }
  });

  it("finds one that is there (R-D2)", () => {
    const [first] = saved;
    expect(faults("BoardPart", { ...first?.board, refresh: 30 })).not.toEqual([]);
    expect(faults("LinesPart", { legend: "bottom" })).not.toEqual([]);
  });
});

describe("what boards ask for", () => {
  it.each(saved.filter(({ file }) => file !== "collector.json"))(
    "in $file is in the catalogue of metrics, and so are its labels (R-D2)",
    ({ board }) => {
      const expressions = board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
      expect(expressions.length).toBeGreaterThan(5);
      for (const expression of expressions) {
        const { metrics, labels } = namesIn(expression);
        expect(metrics.length, expression).toBeGreaterThan(0);
        expect(
          metrics.filter((name) => !known.has(name)),
          expression,
        ).toEqual([]);
        const told = new Set([...always, ...metrics.flatMap((name) => known.get(name) ?? [])]);
        expect(
          labels.filter((label) => !told.has(label)),
          expression,
        ).toEqual([]);
      }
    },
  );

  it("of a collector is what a real one told (R-D2)", () => {
    const board = saved.find(({ file }) => file === "collector.json")?.board;
    const metrics = (board?.panels ?? []).flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => namesIn(expr).metrics),
    );
    expect(metrics.length).toBeGreaterThan(6);
    expect(metrics.filter((name) => !Object.hasOwn(collectorMetrics, name))).toEqual([]);
  });

  it("is found in whatever form it is asked for (R-D2)", () => {
    expect(namesIn('sum by (a_b) (rate(x_total{job=~"$job",c="d{e}"}[5m])) / on (f) y_ratio or vector(0)')).toEqual({
      metrics: ["x_total", "y_ratio"],
      labels: ["a_b", "c", "f", "job"],
    });
    expect(namesIn('rate({__name__=~"z(_total)?",g!=""}[$__rate_interval]) > 5 offset 1d')).toEqual({
      metrics: ["z"],
      labels: ["g"],
    });
  });
});

describe("alerts for Prometheus", () => {
  const text = readFileSync(join(import.meta.dirname, "../deploy/prometheus/alerts.yaml"), "utf8");
  const { groups } = parse(text) as { groups: readonly { rules: readonly Alert[] }[] };
  const page = readFileSync(join(import.meta.dirname, "../docs/dashboards.md"), "utf8");
  const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase());

  it.each(groups.flatMap(({ rules }) => rules))(
    "$alert asks for what is in the catalogue, and says what to do (R-D2, R-D6)",
    ({ alert, expr, annotations }) => {
      const { metrics, labels } = namesIn(expr);
      expect(metrics.filter((name) => !known.has(name))).toEqual([]);
      const told = new Set([...always, "otel_metric_overflow", ...metrics.flatMap((name) => known.get(name) ?? [])]);
      expect(labels.filter((label) => !told.has(label))).toEqual([]);
      const [, anchor] = annotations.runbook_url.split("/blob/main/docs/dashboards.md#");
      expect(anchor).toBe(alert.toLowerCase());
      expect(anchors).toContain(anchor);
    },
  );
});
