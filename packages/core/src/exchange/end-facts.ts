import type { KeepFacts } from "../sampling/keep.ts";

/** How a request ended. */
export interface RequestEnd {
  readonly statusCode: number | undefined;
  readonly completed: boolean;
  readonly isStream: boolean;
  readonly durationMs: number;
  readonly endMs: number;
  readonly errorType: string | undefined;
}

/** What keeping looks at. R is drawn only when it is asked for: of an answer that went well nobody asks. */
export class EndFacts implements KeepFacts {
  readonly statusCode: number | undefined;
  readonly failed: boolean;
  readonly completed: boolean;
  readonly isStream: boolean;
  readonly durationMs: number;
  readonly #random: Pick<KeepFacts, "randomLow">;

  constructor(random: Pick<KeepFacts, "randomLow">, end: RequestEnd, failed: boolean) {
    this.#random = random;
    this.statusCode = end.statusCode;
    this.failed = failed;
    this.completed = end.completed;
    this.isStream = end.isStream;
    this.durationMs = end.durationMs;
  }

  get randomLow(): number {
    return this.#random.randomLow;
  }
}
