import { WorkloadError } from "../workload-error.ts";

const maxShownCharacters = 400;

/**
 * The answers of the bare workload, which every configuration must give as well.
 *
 * It was asked twice: an answer that changed by itself, with a time or a random id in it, is only compared in its first lines: what was
 * asked, and the status.
 */
export class ExpectedAnswers {
  /** What was asked whose answers change by themselves. */
  readonly changing: readonly string[];
  /** What was asked, with the status, of answers that are not a success. */
  readonly failing: readonly string[];
  readonly #answers: readonly string[];
  readonly #changes: readonly boolean[];

  constructor(first: readonly string[], second: readonly string[]) {
    this.#answers = first;
    this.#changes = first.map((answer, i) => answer !== second[i]);
    this.changing = first.filter((_, i) => this.#changes[i]).map((answer) => head(answer)[0] ?? "");
    this.failing = first
      .map(head)
      .filter(([, status = ""]) => /^HTTP\/1\.1 [45]/.test(status))
      .map(([asked = "", status = ""]) => `${asked}: ${status.slice(9)}`);
    const at = first.findIndex(
      (answer, i) => head(answer).join() !== head(second[i] ?? "").join() && answer.includes("HTTP/1.1"),
    );
    if (at !== -1)
      throw differs("bare", "answers the same request with another status the second time", second[at], first[at]);
  }

  /** Throws when one of them is not as the bare workload's. */
  compare(configuration: string, answers: readonly string[]): void {
    for (const [i, expected] of this.#answers.entries()) {
      const answer = answers[i] ?? "";
      const same = this.#changes[i] ? head(answer).join() === head(expected).join() : answer === expected;
      if (!same) throw differs(configuration, "answers differently from the bare workload", answer, expected);
    }
  }
}

/** What was asked, and the status line where there is one. */
function head(answer: string): string[] {
  return answer.split(/\r?\n/, 2).filter((line, i) => i === 0 || line.startsWith("HTTP/"));
}

function differs(configuration: string, what: string, answer = "", expected = ""): WorkloadError {
  return new WorkloadError(configuration, `${what}:\n${shown(answer)}\ninstead of\n${shown(expected)}`);
}

function shown(answer: string): string {
  const text = answer.trim().replaceAll("\r\n", "\n");
  return text.length > maxShownCharacters ? `${text.slice(0, maxShownCharacters)}…` : text;
}
