import type { MetricView } from "../../model/filters/metric-view.ts";
import * as checks from "../../model/checks/checks.ts";
import type { Check } from "../../model/checks/checks.ts";
import { globPattern, globPatterns } from "./filter-checks.ts";
import { objectOf } from "../../model/checks/json-schema.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { type MemberChecks, readMembers } from "../../model/checks/read-members.ts";

const maxViews = 1_000;

const viewChecks: MemberChecks<MetricView> = {
  instrument: globPattern,
  meter: globPattern,
  type: checks.oneOf(
    "counter",
    "up-down-counter",
    "histogram",
    "gauge",
    "observable-counter",
    "observable-up-down-counter",
    "observable-gauge",
  ),
  unit: checks.shortText(63),
  name: checks.check(
    "string",
    "a name of a metric: a letter, then letters, digits and _ . - / up to 255 characters",
    (value): value is string => typeof value === "string" && /^[a-z][a-z0-9_.\-/]{0,254}$/i.test(value),
  ),
  description: checks.shortText(1_024),
  keep: globPatterns,
  remove: globPatterns,
  boundaries: checks.increasingNumbers(1_000),
  aggregation: checks.oneOf("drop", "sum", "last-value", "histogram", "exponential"),
  maxSeries: checks.integer(1, 100_000),
};

const oneView: Check<MetricView> = {
  type: "MetricView",
  expectation: "an object that says which metrics it is about, and how they are told",
  schema: objectOf(viewChecks),
  validate(value, name) {
    const view: MetricView = readMembers<MetricView>(value, name, this.expectation, viewChecks);
    const { instrument } = view;
    if (view.name !== undefined && (instrument === undefined || instrument.includes("*"))) {
      throw new OptionError(
        name,
        `Option "${name}" has "name", so "instrument" must be the name of one instrument, got ${instrument === undefined ? "none" : `'${instrument}'`}.`,
        { code: "GSM_OPTION_CONFLICT" },
      );
    }
    const { boundaries, aggregation = view.type?.includes("histogram") === false ? view.type : "histogram" } = view;
    if (boundaries !== undefined && aggregation !== "histogram") {
      throw new OptionError(
        name,
        `Option "${name}" has "boundaries", so "aggregation" must be "histogram", got "${aggregation}".`,
        { code: "GSM_OPTION_CONFLICT" },
      );
    }
    return view;
  },
};

/** Views, which are all asked. */
export const metricViews: Check<readonly MetricView[]> = checks.listOf(oneView, maxViews);
