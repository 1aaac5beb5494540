import type { Diagnostics } from "../../model/diagnostics.ts";

/** How long nothing must be lost until a loss counts as over. */
const calmMs = 10_000;

/** Says one line when loss begins and one, with the count, when it has ended, at the latest with the process. A loss that drops telemetry every few seconds is one loss. */
export class LossLog {
  readonly #unit: string;
  readonly #diagnostics: Diagnostics;
  #lost = 0;
  #sinceMs = 0;
  #lastMs = 0;

  constructor(unit: string, diagnostics: Diagnostics) {
    this.#unit = unit;
    this.#diagnostics = diagnostics;
  }

  /** When to call `look` at the latest; Infinity while nothing is lost. */
  get endsAtMs(): number {
    return this.#lost === 0 ? Infinity : this.#lastMs + calmMs;
  }

  lost(items: number, reason: string, nowMs: number): void {
    if (this.#lost === 0) {
      this.#sinceMs = nowMs;
      this.#diagnostics.warn(
        `${this.#unit} are being dropped (${reason}); logged once, the number follows when it ends`,
        "GSM_DROPS_BEGIN",
      );
    }
    this.#lost += items;
    this.#lastMs = nowMs;
  }

  look(nowMs: number): void {
    if (nowMs >= this.endsAtMs) this.end();
  }

  /** Says the count of a loss that is not over yet: nothing comes after. */
  end(): void {
    if (this.#lost === 0) return;
    const seconds = Math.round((this.#lastMs - this.#sinceMs) / 1000);
    this.#diagnostics.warn(
      `no more ${this.#unit} are being dropped; ${this.#lost} were lost within ${seconds} s`,
      "GSM_DROPS_END",
    );
    this.#lost = 0;
  }
}
