import type { CodeOf } from "../../model/codes.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { UntoldMetric } from "../../model/metric-data.ts";
import { Tally } from "../../tally/tally.ts";

/** More lines than that tell nothing new. */
const maxLines = 100;

/** What was wrong in how metrics were used: all of it counted, and said once for each instrument. */
export class MetricComplaints {
  readonly #diagnostics: Diagnostics;
  readonly #drops = new Tally();
  readonly #said = new Set<string>();

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** Values and instruments that were dropped, by reason. */
  get drops(): Readonly<Record<string, number>> {
    return this.#drops.snapshot();
  }

  /** @param about of which instrument it is said once. */
  drop(reason: string, about: string, line: () => string, code: CodeOf<"warn">): void {
    this.#drops.add(reason);
    this.say(`${code} ${about}`, line, code);
  }

  /** Counts a metric that had no place in the Prometheus text. */
  readonly untold = ({ metric, scope, name }: UntoldMetric): void => {
    this.drop(
      "prometheus-name",
      `${scope} ${metric}`,
      () =>
        `the metric ${metric} of ${JSON.stringify(scope)} would be ${name} in the Prometheus text, like another one: it is left out there. Rename one with a view`,
      "GSM_PROMETHEUS_NAME",
    );
  };

  /** Counts a metric that is told by somebody else already. Nothing is wrong. */
  leaveOut(about: string, line: () => string): void {
    this.#drops.add("own-name");
    if (this.#isNews(`left out ${about}`)) this.#diagnostics.info(line(), "GSM_METRIC_OWN_NAME");
  }

  say(about: string, line: () => string, code: CodeOf<"warn">): void {
    if (this.#isNews(about)) this.#diagnostics.warn(line(), code);
  }

  #isNews(about: string): boolean {
    if (this.#said.has(about) || this.#said.size >= maxLines) return false;
    this.#said.add(about);
    return true;
  }
}
