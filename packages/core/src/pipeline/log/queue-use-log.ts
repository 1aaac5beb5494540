import type { Diagnostics } from "../../model/diagnostics.ts";

export interface QueueUseLogSettings {
  readonly unit: string;
  /** From 0 to 1. */
  readonly warningRatio: number;
  readonly diagnostics: Diagnostics;
}

const repeatMs = 60_000;

/** Says one line when a queue passes its warning ratio and one when it has fallen to half of it; not more than one pair a minute and lane. */
export class QueueUseLog {
  readonly #settings: QueueUseLogSettings;
  readonly #warned = new Map<string, { isOver: boolean; wasSaid: boolean; saidMs: number }>();

  constructor(settings: QueueUseLogSettings) {
    this.#settings = settings;
  }

  look(lane: { readonly name: string; readonly use: number }, nowMs: number): void {
    const { name, use } = lane;
    const { unit, warningRatio, diagnostics } = this.#settings;
    const warned = this.#warned.get(name);
    if (use >= warningRatio && warned?.isOver !== true) {
      const says = warned === undefined || nowMs - warned.saidMs >= repeatMs;
      this.#warned.set(name, { isOver: true, wasSaid: says, saidMs: says ? nowMs : warned.saidMs });
      if (says) {
        const percent = Math.floor(use * 100);
        diagnostics.warn(
          `the queue of ${unit} in lane "${name}" is ${percent} % full; anything that does not fit is dropped and counted`,
          "GSM_QUEUE_FILLS",
        );
      }
    } else if (warned?.isOver === true && use <= warningRatio / 2) {
      warned.isOver = false;
      if (warned.wasSaid) diagnostics.info(`the queue of ${unit} in lane "${name}" has room again`, "GSM_QUEUE_ROOM");
    }
  }
}
