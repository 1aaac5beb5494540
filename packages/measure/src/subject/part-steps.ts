import type { PartCost } from "../report/report.ts";
import type { SeenByEngine, Switches } from "./subject.ts";

/** A configuration with some parts switched on: the step before it, and one part more. */
export interface PartStep {
  readonly part: PartCost["name"];
  /** What the rows of the configuration are called. */
  readonly row: string;
  /** What is still off. */
  readonly switches: Switches;
}

/**
 * The steps from the bare workload to the whole telemetry. Parts that the whole does not have are left out, and the last step is the whole itself.
 *
 * With tracing and metrics off the engine still carries the request's context, reads the clock twice and listens for the end. Without an
 * exporter spans are recorded and let go.
 */
export function partSteps(whole: SeenByEngine, row: string): PartStep[] {
  const silent = { requestLine: false, exporter: "none", spanExporters: [] } as const;
  const steps: { readonly part: PartCost["name"]; readonly switches: Switches }[] = [
    { part: "context and clock", switches: { ...silent, traces: false, metrics: false } },
  ];
  if (whole.metrics) steps.push({ part: "metrics", switches: { ...silent, traces: false } });
  if (whole.traces) steps.push({ part: "spans", switches: silent });
  if (whole.exports) steps.push({ part: "encoding and export", switches: { requestLine: false } });
  if (whole.requestLines > 0) steps.push({ part: "request lines", switches: {} });
  return steps.map(({ part, switches }, i) =>
    i === steps.length - 1 ? { part, row, switches: {} } : { part, row: `up to ${part}`, switches },
  );
}
