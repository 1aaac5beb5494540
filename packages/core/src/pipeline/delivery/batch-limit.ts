/** Of bodies that were taken, how many at most go before one is tried again that may be too large. */
const maxPatience = 256;

/**
 * How much a collector takes at a time, learned from what it took and what it found too large, so that batches are cut before they are sent.
 *
 * Nothing is known until something was too large: then half of it may pass. What is taken raises the limit at once; up to twice of it is tried
 * after ever more bodies that were taken, so that a collector which takes more from now on is noticed, and one that does not is hardly bothered.
 */
export class BatchLimit {
  #bytes = Infinity;
  #untilTrial = 0;
  #patience = 1;

  /** Whether a batch of that size may be sent as it is. */
  allows(bytes: number): boolean {
    return bytes <= this.#bytes || (this.#untilTrial === 0 && bytes <= 2 * this.#bytes);
  }

  taken(bytes: number): void {
    if (bytes > this.#bytes) {
      this.#bytes = bytes;
      this.#untilTrial = 0;
      this.#patience = 1;
    } else if (this.#untilTrial > 0) this.#untilTrial--;
  }

  tooLarge(bytes: number): void {
    if (bytes > this.#bytes) {
      this.#untilTrial = this.#patience;
      this.#patience = Math.min(2 * this.#patience, maxPatience);
    } else {
      this.#bytes = bytes / 2;
      this.#untilTrial = 0;
    }
  }
}
