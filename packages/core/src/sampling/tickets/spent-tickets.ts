/** Of so many tickets at once it is known how often they were used. */
const maxTickets = 1_000;

interface Use {
  left: number;
  readonly untilS: number;
}

/** How much of each ticket is left in this process: bounded in number, and each forgotten once it is too old to be used. */
export class SpentTickets {
  readonly #uses = new Map<string, Use>();

  /** Takes one of `count`, for a ticket that is good until then. Answers `full` where no more tickets can be told apart. */
  take(key: string, count: number, untilS: number, nowS: number): "taken" | "spent" | "full" {
    const use = this.#uses.get(key);
    if (use !== undefined) {
      if (use.left <= 0) return "spent";
      use.left--;
      return "taken";
    }
    if (count <= 0) return "spent";
    if (this.#uses.size >= maxTickets) {
      for (const [old, { untilS: ended }] of this.#uses) if (ended < nowS) this.#uses.delete(old);
      if (this.#uses.size >= maxTickets) return "full";
    }
    this.#uses.set(key, { left: count - 1, untilS });
    return "taken";
  }
}
