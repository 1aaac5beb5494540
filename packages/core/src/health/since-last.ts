/** Readers beyond that share the account of the last. */
const maxReaders = 16;

interface Account<Reading, Value> {
  last: Reading;
  lastMs: number;
  value: Value | undefined;
}

/**
 * What a reading rose by since the same reader looked before, or since the start; made anew at most once in a while. No reader takes the stretch of
 * another.
 */
export class SinceLast<Reading, Value> {
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #take: () => Reading;
  readonly #rise: (last: Reading, next: Reading, elapsedMs: number) => Value;
  readonly #first: Reading;
  readonly #firstMs: number;
  readonly #accounts = new Map<number, Account<Reading, Value>>();

  constructor(
    everyMs: number,
    now: () => number,
    take: () => Reading,
    rise: (last: Reading, next: Reading, elapsedMs: number) => Value,
  ) {
    this.#everyMs = everyMs;
    this.#now = now;
    this.#take = take;
    this.#rise = rise;
    this.#first = take();
    this.#firstMs = now();
  }

  read(reader: number): Value {
    const account = this.#account(Math.min(reader, maxReaders - 1));
    const nowMs = this.#now();
    const elapsedMs = nowMs - account.lastMs;
    if (account.value !== undefined && elapsedMs < this.#everyMs) return account.value;
    const next = this.#take();
    // A first look right at the start has a short stretch; one of none at all would divide by it.
    account.value = this.#rise(account.last, next, Math.max(elapsedMs, 1));
    account.last = next;
    account.lastMs = nowMs;
    return account.value;
  }

  #account(reader: number): Account<Reading, Value> {
    let account = this.#accounts.get(reader);
    if (account === undefined) {
      account = { last: this.#first, lastMs: this.#firstMs, value: undefined };
      this.#accounts.set(reader, account);
    }
    return account;
  }
}
