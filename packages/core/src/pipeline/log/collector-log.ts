import { cleanWords } from "./clean-words.ts";
import type { CodeOf } from "../../model/codes.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";

export interface CollectorLogParts {
  /** For the operator's eye, without credentials: `http://localhost:4318`. */
  readonly collector: string;
  /** What the lines call it. @default "collector" */
  readonly noun?: "collector" | "exporter";
  /** Whether the user named the endpoint. If not, a collector that was never there is no trouble. */
  readonly endpointGiven: boolean;
  readonly diagnostics: Diagnostics;
}

/** One of the signals that go to a collector; only its identity counts. */
export type CollectorClient = object;

const repeatMs = 60_000;
const maxRefusals = 50;

/**
 * Says one line when a collector begins to fail and one when it works again, never one a batch. Shared by all signals that go there.
 *
 * When trouble comes back within a minute of its last line it is not said again, nor is its end.
 */
export class CollectorLog {
  readonly #collector: string;
  /** `the collector at http://localhost:4318` */
  readonly #it: string;
  readonly #endpointGiven: boolean;
  readonly #diagnostics: Diagnostics;
  readonly #failing = new Set<CollectorClient>();
  readonly #refusals = new Set<string>();
  #answered = false;
  #tries = 0;
  #sinceMs = 0;
  #saidMs = -Infinity;
  #said: "nothing" | "info" | "warn" = "nothing";

  constructor(parts: CollectorLogParts) {
    this.#collector = parts.collector;
    this.#it = parts.noun === "exporter" ? `the exporter ${parts.collector}` : `the collector at ${parts.collector}`;
    this.#endpointGiven = parts.endpointGiven;
    this.#diagnostics = parts.diagnostics;
  }

  /** Whether nothing is there and nobody asked for it: the endpoint is the default one and never answered. */
  get absent(): boolean {
    return !this.#endpointGiven && !this.#answered && this.#failing.size > 0;
  }

  /** The loss that nobody has been told the reason of: of what nobody asked for, one line says that it is not there, and not as a warning. */
  get untoldLoss(): string | undefined {
    if (!this.absent || this.#diagnostics.hearsWarningsAlone !== true) return undefined;
    return `there was no collector at ${this.#collector}; set OTEL_EXPORTER_OTLP_ENDPOINT to yours`;
  }

  /** Whether it was tried and never answered, whoever named it: then nobody waits for it at the end. */
  get unreached(): boolean {
    return !this.#answered && this.#failing.size > 0;
  }

  failing(client: CollectorClient, cause: "connection" | "deadline" | "status", reason: string, nowMs: number): void {
    if (cause === "status") this.#answered = true;
    const begins = this.#failing.size === 0;
    this.#failing.add(client);
    this.#tries++;
    const words = cleanWords(reason);
    if (!begins) return;
    this.#tries = 1;
    this.#sinceMs = nowMs;
    this.#said = "nothing";
    if (nowMs - this.#saidMs < repeatMs) return;
    this.#saidMs = nowMs;
    if (this.absent)
      this.#info(
        `no collector at ${this.#collector}; telemetry is queued up to its limit and sent when one appears. To see it, start one there, set OTEL_EXPORTER_OTLP_ENDPOINT to yours, or use exporter: "console"`,
        "GSM_COLLECTOR_ABSENT",
      );
    else if (cause === "connection") {
      this.#warn(
        `cannot reach ${this.#it} (${words}); telemetry is queued up to its limit and sent when it is back`,
        "GSM_COLLECTOR_UNREACHABLE",
      );
    } else this.#warn(`${this.#it} cannot accept telemetry (${words}); it is retried`, "GSM_COLLECTOR_BUSY");
  }

  working(client: CollectorClient, nowMs: number): void {
    this.#answered = true;
    if (!this.#failing.delete(client) || this.#failing.size > 0 || this.#said === "nothing") return;
    const seconds = Math.round((nowMs - this.#sinceMs) / 1000);
    const line = `${this.#it} works again after ${seconds} s and ${this.#tries} failed attempts`;
    // As loud as the trouble was.
    this.#diagnostics[this.#said](line, "GSM_COLLECTOR_WORKS");
    this.#said = "nothing";
  }

  /** What the collector will never take. Said once a status and unit. */
  refused(lost: {
    readonly items: number;
    readonly unit: string;
    readonly reason: string;
    /** The whole address. */
    readonly destination: string;
  }): void {
    const { items, unit, reason, destination } = lost;
    const path = destination.startsWith(this.#collector) ? destination.slice(this.#collector.length) : "";
    // The words behind a status may be others each time.
    this.#once(
      `${unit} ${path} ${reason.split(":", 1)[0]}`,
      `${this.#it}${path} refused ${items} ${unit} (${cleanWords(reason)}); logged once, further ones are counted`,
      "GSM_COLLECTOR_REFUSED",
    );
  }

  /** What the collector threw away of a request it accepted, or remarked on it. Said once a unit. */
  partlyRejected(lost: { readonly items: number; readonly unit: string; readonly message: string | undefined }): void {
    const remark = lost.message === undefined ? "" : `: ${cleanWords(lost.message)}`;
    this.#once(
      `${lost.unit} rejected`,
      `${this.#it} rejected ${lost.items} ${lost.unit} of a batch${remark}; logged once, further ones are counted`,
      "GSM_COLLECTOR_PARTLY",
    );
  }

  /** What could not be made into a body. Said once a unit. */
  unsendable(lost: { readonly items: number; readonly unit: string; readonly reason: string }): void {
    this.#once(
      `${lost.unit} unsendable`,
      `${lost.items} ${lost.unit} could not be encoded (${cleanWords(lost.reason)}); logged once, further ones are counted`,
      "GSM_UNSENDABLE",
    );
  }

  #once(key: string, line: string, code: CodeOf<"warn">): void {
    if (this.#refusals.has(key) || this.#refusals.size >= maxRefusals) return;
    this.#refusals.add(key);
    this.#diagnostics.warn(line, code);
  }

  #warn(line: string, code: CodeOf<"warn">): void {
    this.#said = "warn";
    this.#diagnostics.warn(line, code);
  }

  #info(line: string, code: CodeOf<"info">): void {
    this.#said = "info";
    this.#diagnostics.info(line, code);
  }
}
