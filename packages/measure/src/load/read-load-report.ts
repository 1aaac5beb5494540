import { shown } from "../measure-options.ts";
import type { LoadReport } from "./load-report.ts";

/** A report with one of everything: what is read must have the same form. */
const form: LoadReport = {
  schemaVersion: 1,
  measuredAt: "",
  commit: "",
  machine: { cpu: "", cores: 0, memoryGiB: 0, platform: "", node: "", loadAverage: [0] },
  settings: { ratios: [0], batches: [0], seconds: 0, rounds: 0, threads: 0 },
  cells: [
    {
      name: "",
      ratio: 0,
      batch: 0,
      rounds: [{ requests: 0, cpuMicros: 0, p50Micros: 0, p95Micros: 0, exportedSpans: 0, lostSpans: 0, rssBytes: 0 }],
    },
  ],
  burst: { spans: 0, lost: 0, spansPerSecond: 0, deliveredPerSecond: 0 },
  threads: { threads: 0, spansPerSecond: 0, lost: 0 },
};
const absentWhereUndefined = new Set(["commit", "ratio", "batch"]);

/** A report as it was saved. Throws where the text is none, is damaged, or is of another version, and says which file. */
export function readLoadReport(text: string, file: string): LoadReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${String(error)}`, { cause: error });
  }
  return wholeLoadReport(value, file);
}

/** The value, where it is a whole report. Throws otherwise, and calls it by its name. */
export function wholeLoadReport(value: unknown, name: string): LoadReport {
  const report = (value ?? {}) as Partial<LoadReport>;
  if (report.schemaVersion !== 1 || report.cells === undefined) {
    throw new Error(`${name} is no load test of schema version 1.`);
  }
  const fault = faultOf(report, form, "") ?? repeatedCell(report as LoadReport);
  if (fault !== undefined) throw new Error(`${name} is a damaged load test: ${fault}.`);
  return report as LoadReport;
}

function faultOf(value: unknown, wanted: unknown, path: string): string | undefined {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(value) || value.length === 0)
      return `${path} must be a list of at least one, got ${shown(value)}`;
    return firstFault(value.map((one, i) => [one, wanted[0], `${path}[${i}]`]));
  }
  if (typeof wanted !== "object" || wanted === null) {
    const fits = typeof value === typeof wanted && !Number.isNaN(value);
    return fits ? undefined : `${path} must be a ${typeof wanted}, got ${shown(value)}`;
  }
  if (typeof value !== "object" || value === null) return `${path} must be an object, got ${shown(value)}`;
  const members = value as Readonly<Record<string, unknown>>;
  return firstFault(
    Object.entries(wanted)
      .filter(([name]) => members[name] !== undefined || !absentWhereUndefined.has(name))
      .map(([name, inner]) => [members[name], inner, path === "" ? name : `${path}.${name}`]),
  );
}

function firstFault(parts: readonly (readonly [value: unknown, wanted: unknown, path: string])[]): string | undefined {
  for (const [value, wanted, path] of parts) {
    const fault = faultOf(value, wanted, path);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function repeatedCell({ cells }: LoadReport): string | undefined {
  const names = cells.map(({ name }) => name);
  const again = names.find((name, i) => names.indexOf(name) !== i);
  return again === undefined ? undefined : `cell "${again}" is there twice`;
}
