import type { Diagnostics } from "../../model/diagnostics.ts";
import { textOf } from "../../model/foreign/text-of.ts";

/** What a spool says of its folder: what it found there, and one line when it cannot be written and when it can again. */
export class SpoolLog {
  readonly #directory: string;
  readonly #diagnostics: Diagnostics;
  #isTroubled = false;

  constructor(directory: string, diagnostics: Diagnostics) {
    this.#directory = directory;
    this.#diagnostics = diagnostics;
  }

  found(items: number): void {
    this.#diagnostics.info(
      `the spool in ${this.#directory} holds ${items} items of an earlier process; they are sent now`,
      "GSM_SPOOL_FOUND",
    );
  }

  damaged(bytes: number): void {
    this.#diagnostics.warn(
      `the spool in ${this.#directory} held ${bytes} incomplete or damaged bytes, which are skipped`,
      "GSM_SPOOL_DAMAGED",
    );
  }

  works(): void {
    if (this.#isTroubled)
      this.#diagnostics.info(`the spool in ${this.#directory} can be written again`, "GSM_SPOOL_WORKS");
    this.#isTroubled = false;
  }

  fails(error: unknown): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    const reason = (error as NodeJS.ErrnoException).code ?? textOf(error);
    this.#diagnostics.warn(
      `cannot write to the spool in ${this.#directory} (${reason}); telemetry stays in memory up to its limit`,
      "GSM_SPOOL_FAILS",
    );
  }
}
