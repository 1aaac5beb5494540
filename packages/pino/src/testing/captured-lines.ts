import type { DestinationStream } from "pino";

export type Line = Record<string, unknown>;

/** A destination that keeps what is written. */
export class CapturedLines implements DestinationStream {
  readonly texts: string[] = [];

  write(text: string): void {
    this.texts.push(text);
  }

  /** Each text as the one JSON object that it must be. */
  get lines(): Line[] {
    return this.texts.map((text) => {
      const [line = "", rest, ...more] = text.split("\n");
      if (rest !== "" || more.length > 0) throw new Error(`This is not one line: ${JSON.stringify(text)}`);
      const parsed: unknown = JSON.parse(line);
      if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
        throw new Error(`This is no object: ${line}`);
      return parsed as Line;
    });
  }

  get last(): Line {
    const line = this.lines.at(-1);
    if (line === undefined) throw new Error("There is no line.");
    return line;
  }
}
