import type { Decision } from "../../model/sampling/decision.ts";

/** Makes of each decision one changed copy, once, so that changing a shared decision allocates nothing on the request path. */
export class DecisionVariants {
  readonly #change: (decision: Decision) => Decision;
  readonly #variants = new WeakMap<Decision, Decision>();

  constructor(change: (decision: Decision) => Decision) {
    this.#change = change;
  }

  of(decision: Decision): Decision {
    let variant = this.#variants.get(decision);
    if (variant === undefined) {
      variant = Object.freeze(this.#change(decision));
      this.#variants.set(decision, variant);
    }
    return variant;
  }
}
