import type { ExchangeHost } from "../../exchange/host/exchange-host.ts";
import { noHttpServerMetrics } from "../../metrics/http/http-server-metrics.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { RequestReader } from "../../model/request/request-reader.ts";
import type { RolloutSettings } from "../../options/declare/sampling-checks.ts";
import type { DecisionCounts } from "../../sampling/decision-counts.ts";
import { baggageEntry } from "../../sampling/samplers/facts-source.ts";
import { KeepPolicy } from "../../sampling/keep/keep.ts";
import { isInRollout } from "../../sampling/samplers/rollout.ts";
import { Tally } from "../../tally/tally.ts";

const outside: Decision = Object.freeze({ sampled: false, reason: "rollout" });
const nothing = { errors: 0, aborted: 0, slow: 0, slowerThanMs: Number.POSITIVE_INFINITY, maxPerSecond: 0 };

/** Tells requests inside a rollout from those outside, which get what an engine that is partly off would give them. */
export class RolloutGate {
  readonly #settings: RolloutSettings;
  readonly #inside: ExchangeHost;
  readonly #outside: ExchangeHost;
  readonly #faults: Tally;

  constructor(settings: RolloutSettings, host: ExchangeHost, parts: { counts: DecisionCounts; faults: Tally }) {
    this.#settings = settings;
    this.#inside = host;
    this.#faults = parts.faults;
    this.#outside = {
      ...host,
      decisionWaitsForRoute: false,
      rules: undefined,
      surroundings: host.surroundings?.outside(),
      keep: new KeepPolicy(nothing, new Tally()),
      metrics: settings.outside === "metrics" ? host.metrics : noHttpServerMetrics,
      decide() {
        parts.counts.add(outside);
        return outside;
      },
    };
  }

  /** What the request's exchange works with. A function for the key that throws is counted, and the request is outside. */
  hostOf<Request>(request: Request, reader: RequestReader<Request>): ExchangeHost {
    const { ratio, salt } = this.#settings;
    let key: string | undefined;
    try {
      key = this.#keyOf(request, reader);
    } catch {
      this.#faults.add("rollout");
    }
    return isInRollout(key, ratio, salt) ? this.#inside : this.#outside;
  }

  #keyOf<Request>(request: Request, reader: RequestReader<Request>): string | undefined {
    const { key } = this.#settings;
    if (typeof key === "function") {
      const value: unknown = key(request);
      return typeof value === "string" ? value : undefined;
    }
    const name = "header" in key ? key.header : "baggage";
    // What a caller outside the trust boundary says in its baggage opens no gate.
    if (name === "baggage" && !this.#inside.incoming.trusts({ raw: request })) return undefined;
    const text = reader.header(request, name);
    return "header" in key ? text : baggageEntry(text, key.baggage);
  }
}
