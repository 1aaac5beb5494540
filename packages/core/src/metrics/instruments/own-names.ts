import type { MetricData, ScopeMetrics } from "../../model/metric-data.ts";
import type { MetricComplaints } from "./metric-complaints.ts";

/**
 * The names that the engine tells metrics of its own by. Of these it is the one source: a library that counts the same by the same name, as
 * instrumentation-http counts requests, is left out of what is collected, or sums over a name would count all twice.
 */
export class OwnNames {
  readonly #complaints: MetricComplaints;
  // For good: a reader of deltas may find nothing of ours in a window, and must not find theirs instead.
  readonly #names = new Set<string>();
  readonly #leftOut = new Set<string>();

  constructor(complaints: MetricComplaints) {
    this.#complaints = complaints;
  }

  add(metrics: readonly MetricData[]): void {
    for (const { name } of metrics) this.#names.add(name.toLowerCase());
  }

  /** What others count, without what the engine tells itself. */
  without(scopes: readonly ScopeMetrics[]): readonly ScopeMetrics[] {
    if (!scopes.some((one) => one.metrics.some(this.#isOwn))) return scopes;
    return scopes.flatMap(({ scope, metrics }) => {
      for (const { name } of metrics.filter(this.#isOwn)) this.#tell(name, scope.name);
      const others = metrics.filter((metric) => !this.#isOwn(metric));
      return others.length === 0 ? [] : [{ scope, metrics: others }];
    });
  }

  readonly #isOwn = ({ name }: MetricData): boolean => this.#names.has(name.toLowerCase());

  #tell(name: string, meter: string): void {
    const key = `${meter}\n${name}`;
    if (this.#leftOut.has(key)) return;
    this.#leftOut.add(key);
    this.#complaints.leaveOut(
      key,
      () =>
        `${name} is counted by the meter ${meter} too: its numbers are left out, as those of Gossamer are exact; a view with a name of its own keeps them`,
    );
  }
}
