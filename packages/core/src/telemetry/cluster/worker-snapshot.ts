import { isAttributeValue } from "../../model/attributes.ts";
import type { MetricData, MetricsSnapshot } from "../../model/metric-data.ts";

/** Kinds of `typeof`, a test, a list of one, or members; those that are not named may be anything, as a newer worker may say more. */
type Form = string | ((value: unknown) => boolean) | readonly [Form] | { readonly [name: string]: Form };

/** Whether what came from a worker is all that merging and telling metrics reads: the service's own messages go the same way. */
export function isWorkerSnapshot(value: unknown): value is MetricsSnapshot {
  return fits(value, snapshotForm);
}

function fits(value: unknown, form: Form): boolean {
  if (typeof form === "string") return form.includes(typeof value);
  if (typeof form === "function") return form(value);
  // `every` passes over holes.
  if (isList(form)) return Array.isArray(value) && Array.from(value).every((one) => fits(one, form[0]));
  const members = Object(value) as Readonly<Record<string, unknown>>;
  return members === value && Object.entries(form).every(([name, member]) => fits(members[name], member));
}

const isList = (form: object): form is readonly [Form] => Array.isArray(form);
const [number, text, extreme, optionalText] = ["number", "string", "number undefined", "string undefined"];
const attributes: Form = (value) =>
  fits(value, {}) && Object.values(value as object).every((one) => isAttributeValue(one ?? ""));
const exemplar = { value: number, timeMs: number, traceId: optionalText, spanId: optionalText };
const exemplars: Form = (value) => value === undefined || fits(value, [exemplar]);
const numbers = [{ attributes, exemplars, value: number }] as const;
const distribution = { attributes, exemplars, count: number, sum: number, min: extreme, max: extreme };
const points: Readonly<Record<string, Form>> = {
  gauge: numbers,
  sum: numbers,
  histogram: [{ ...distribution, counts: [number] }],
  // Passed over: the text has no form for it.
  exponential: {},
};
const head = { kind: text, name: text, description: text, unit: text };
const metric: Form = (value) => {
  if (!fits(value, head)) return false;
  const given = value as MetricData;
  return (
    Object.hasOwn(points, given.kind) &&
    fits(given, { points: points[given.kind]! }) &&
    // Buckets are added up one by one.
    (given.kind !== "histogram" ||
      (fits(given, { boundaries: [number] }) &&
        given.points.every(({ counts }) => counts.length === given.boundaries.length + 1)))
  );
};
const snapshotForm: Form = {
  resource: { attributes },
  scopes: [{ scope: { name: text, version: optionalText, schemaUrl: optionalText }, metrics: [metric] }],
};
