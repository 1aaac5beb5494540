import type { Attributes } from "../../model/attributes.ts";
import type { MetricsReader } from "../readers/metrics-reader.ts";
import { packed } from "./packets.ts";
import { statsdEntries, type StatsdForm } from "./statsd-entries.ts";
import { StatsdSender, type StatsdSenderParts } from "./statsd-sender.ts";

export interface StatsdExportParts extends StatsdSenderParts {
  /** Of deltas, the one that samples are kept for. */
  readonly reader: Pick<MetricsReader, "prepare" | "collect">;
  readonly flavor: StatsdForm["flavor"];
  readonly prefix: string;
  readonly tags: Attributes;
  readonly tagNames: StatsdForm["tagNames"];
  readonly flushEveryMs: number;
  readonly maxEntries: number;
  readonly maxPacketBytes: number;
}

/** The way to StatsD at one moment. Counts are of entries, each a value of one series. */
export interface StatsdStatus {
  /** `idle`: nothing was sent yet. */
  readonly state: "idle" | "connected" | "unreachable";
  readonly sent: number;
  readonly packets: number;
  readonly bytes: number;
  readonly waitingBytes: number;
  /** Entries that were lost on purpose, by reason. */
  readonly drops: Readonly<Record<string, number>>;
}

/** Collects and sends every interval, to one StatsD server. Keeps nothing alive but a flush that somebody waits for. Nothing here throws or rejects. */
export class StatsdExport {
  readonly #parts: StatsdExportParts;
  readonly #sender: StatsdSender;
  #stop: () => void = () => {};
  #isClosed = false;

  constructor(parts: StatsdExportParts) {
    this.#parts = parts;
    this.#sender = new StatsdSender(parts);
    this.#arm();
  }

  status(): StatsdStatus {
    const { state, sentEntries, sentPackets, sentBytes, waitingBytes, drops } = this.#sender;
    return {
      state,
      sent: sentEntries,
      packets: sentPackets,
      bytes: sentBytes,
      waitingBytes,
      drops: drops.snapshot(),
    };
  }

  /** Sends what was counted so far. True when it has left, false when the deadline came first or StatsD cannot be reached. */
  flush(deadlineMs: number): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(true);
    return new Promise((resolve) => {
      const stop = this.#parts.startTimer(Math.max(0, deadlineMs), () => resolve(false), true);
      void this.#send()
        .then(() => this.#sender.settled())
        .then((done) => {
          stop();
          resolve(done);
        });
    });
  }

  async shutdown(deadlineMs: number): Promise<void> {
    await this.flush(deadlineMs);
    this.#isClosed = true;
    this.#stop();
    this.#sender.close();
  }

  #arm(): void {
    const { startTimer, flushEveryMs } = this.#parts;
    this.#stop = startTimer(flushEveryMs, () => {
      if (this.#isClosed) return;
      this.#arm();
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    const { reader, maxEntries, maxPacketBytes, flavor, prefix, tags, tagNames } = this.#parts;
    await reader.prepare();
    const entries = statsdEntries(reader.collect(), { flavor, prefix, tags, tagNames, maxEntryBytes: maxPacketBytes });
    const bounds = { maxBytes: maxPacketBytes, maxEntries };
    this.#sender.add(packed(entries, bounds, () => this.#sender.drops.add("too-large")));
  }
}
