/** Stands for every error type that came after the bound was reached. Source: OpenTelemetry semantic conventions, `error.type`. */
export const otherErrorType = "_OTHER";

const maxLength = 128;

/** The error types an instrument tells apart. The first `limit` keep their names, whatever is thrown later is `_OTHER`. */
export class ErrorTypes {
  readonly #limit: number;
  readonly #known = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The label for a type: at most 128 UTF-16 units, well-formed, and from a set that does not grow past the limit. */
  label(errorType: string): string {
    if (this.#known.has(errorType)) return errorType;
    // Through bytes, so that a label never keeps a long text alive that it was cut from; lone surrogates end as U+FFFD.
    const label = Buffer.from(errorType.slice(0, maxLength)).toString();
    if (this.#known.has(label)) return label;
    if (this.#known.size >= this.#limit) return otherErrorType;
    this.#known.add(label);
    return label;
  }
}
