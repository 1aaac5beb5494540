import type { Diagnostics } from "../../model/diagnostics.ts";
import { readFileLater, readFileNow } from "../../model/foreign/read-file.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { plainText, quoteValue } from "../../model/checks/quote-value.ts";
import type { SamplingFileSettings } from "../../options/declare/sampling-checks.ts";
import type { Tally } from "../../tally/tally.ts";
import { textOf } from "../../model/foreign/text-of.ts";

export interface SamplingFileParts {
  /** Puts what the file says in force, or throws. */
  readonly changed: (change: unknown) => void;
  readonly diagnostics: Diagnostics;
  /** Counts, as `sampling-file`, each time what was read was not put in force. */
  readonly faults: Tally;
}

/** Rules of a service are some kilobytes. */
const maxFileBytes = 1_048_576;

/**
 * Reads the file now, and again whenever its text has changed. Answers what ends that.
 *
 * It is looked at by time and read whole: a mounted Kubernetes ConfigMap is replaced by a link to another directory, which watchers of a file do
 * not see. What is missing, no file, too big or wrong is one line for each state, and the previous settings stay in effect. Nothing waits for it and it keeps nothing
 * alive.
 */
export function watchSamplingFile(settings: SamplingFileSettings, parts: SamplingFileParts): () => void {
  const { path, pollMs } = settings;
  const file = new SamplingFile(settings, parts);
  file.take(readNow(path));
  let isReading = false;
  let isOver = false;
  const timer = setInterval(() => {
    if (isReading) return;
    isReading = true;
    const take = (reading: Reading): void => {
      isReading = false;
      if (!isOver) file.take(reading);
    };
    void readFileLater(path, maxFileBytes).then(
      (text) => take({ text }),
      (error: unknown) => take({ error }),
    );
  }, pollMs);
  timer.unref();
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}

type Reading = { readonly text: string } | { readonly error: unknown };

function readNow(path: string): Reading {
  try {
    return { text: readFileNow(path, maxFileBytes) };
  } catch (error) {
    return { error };
  }
}

class SamplingFile {
  readonly #settings: SamplingFileSettings;
  readonly #parts: SamplingFileParts;
  #lastText: string | undefined = undefined;
  #lastComplaint: string | undefined = undefined;
  #isFirst = true;

  constructor(settings: SamplingFileSettings, parts: SamplingFileParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  take(reading: Reading): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if ("error" in reading) {
      const { code = "unknown" } = reading.error as NodeJS.ErrnoException;
      return this.#complain(`cannot be read (${code})`);
    }
    const { text } = reading;
    if (text === this.#lastText) {
      // What was wrong in it still is; that it could not be read is over.
      if (this.#lastComplaint?.startsWith("cannot be read") === true) this.#lastComplaint = undefined;
      return;
    }
    this.#lastText = text;
    try {
      this.#parts.changed(contentOf(this.#settings.parse(text)));
    } catch (error) {
      return this.#complain(`cannot be used: ${reasonOf(error)}`);
    }
    this.#lastComplaint = undefined;
    this.#parts.diagnostics.info(
      `sampling ${isFirst ? "follows" : "changed by"} ${plainText(this.#settings.path)}`,
      "GSM_SAMPLING_FILE",
    );
  }

  #complain(what: string): void {
    this.#parts.faults.add("sampling-file");
    if (what === this.#lastComplaint) return;
    this.#lastComplaint = what;
    this.#parts.diagnostics.warn(
      `samplingFile ${plainText(this.#settings.path)} ${what}; the previous settings stay in effect`,
      "GSM_SAMPLING_FILE_WRONG",
    );
  }
}

/** What is neither options nor strategies is called by what it is, not by an option that nobody gave. */
function contentOf(parsed: unknown): unknown {
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new TypeError(`the file must hold an object, got ${quoteValue(parsed)}`);
}

/** A parser's message may hold the file's text over many lines. */
function reasonOf(error: unknown): string {
  const message = textOf(error);
  return error instanceof OptionError ? message : plainText(message);
}
