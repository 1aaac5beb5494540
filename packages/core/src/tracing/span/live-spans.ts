/** An open span, as a link of the list. */
export interface LiveSpan {
  older: LiveSpan | undefined;
  newer: LiveSpan | undefined;
  readonly name: string;
  /** When it was started, on the monotonic clock. */
  readonly openedMs: number;
  end(): void;
}

export interface LiveSpansSettings {
  /** A span open for longer is ended. */
  readonly maxSpanAgeMs: number;
  /** With more spans open than this, the oldest is ended. */
  readonly maxLiveSpans: number;
  /** Told once for each span that was ended in its owner's place. */
  readonly leaked: (span: LiveSpan) => void;
}

/** The spans that are open, oldest first, so that one that nobody ends is found, ended and told. */
export class LiveSpans {
  readonly #settings: LiveSpansSettings;
  #oldest: LiveSpan | undefined;
  #newest: LiveSpan | undefined;
  #size = 0;

  constructor(settings: LiveSpansSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#size;
  }

  add(span: LiveSpan): void {
    span.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = span;
    else this.#newest.newer = span;
    this.#newest = span;
    this.#size++;
    if (this.#size > this.#settings.maxLiveSpans && this.#oldest !== undefined) this.#endLeaked(this.#oldest);
  }

  remove(span: LiveSpan): void {
    const { older, newer } = span;
    // One that was let go of before its owner ended it after all.
    if (older === undefined && this.#oldest !== span) return;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    span.older = undefined;
    span.newer = undefined;
    this.#size--;
  }

  /** Ends what has been open for too long. Called now and then, with the monotonic time. */
  sweep(nowMs: number): void {
    const before = nowMs - this.#settings.maxSpanAgeMs;
    while (this.#oldest !== undefined && this.#oldest.openedMs < before) this.#endLeaked(this.#oldest);
  }

  #endLeaked(span: LiveSpan): void {
    try {
      span.end();
    } catch {
      // Somebody put an `end` of their own in its place. It is told as a leak, like every other.
    }
    if (this.#oldest === span) this.remove(span);
    this.#settings.leaked(span);
  }
}
