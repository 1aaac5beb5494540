import type { GovernorChange, GovernorFacts } from "../model/governor/governor-facts.ts";

const maxChanges = 200;

/** The last changes, oldest first. */
export class ChangeLog {
  readonly #changes: GovernorChange[] = [];
  #total = 0;

  add(change: GovernorChange): void {
    this.#changes.push(change);
    this.#total++;
    if (this.#changes.length > maxChanges) this.#changes.shift();
  }

  /** Says of the newest what came of it, if nothing is said yet. */
  judge(after: GovernorFacts): void {
    const newest = this.#changes.at(-1);
    if (newest !== undefined && newest.after === undefined)
      this.#changes[this.#changes.length - 1] = Object.freeze({ ...newest, after });
  }

  /** How many there were, forgotten ones counted in. */
  get total(): number {
    return this.#total;
  }

  all(): readonly GovernorChange[] {
    return [...this.#changes];
  }
}
