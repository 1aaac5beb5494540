import { levelNumbers } from "./level-numbers.ts";
import type { RequestLine } from "@gossamer/core";
import type { DestinationStream, Logger } from "pino";
import { fieldsOf, type FieldStyle, leadCount, type LineField, type LineLead } from "./fields/field-style.ts";
import { flat } from "./flat.ts";
import { isPlainMethod } from "./safe-lines.ts";
import { isPlainMixin } from "./mixin.ts";
import { OtlpTee } from "./otlp-tee.ts";
import { asRequestLine } from "./request-line-fields.ts";
import { pinoMember } from "./pino-symbol.ts";

/** How one logger of pino puts a line together, as far as its lines can be put together without it. */
interface LineParts {
  readonly stream: DestinationStream;
  /** The beginning of a line, by the number of its level. */
  readonly starts: Readonly<Record<number, string>>;
  readonly time: () => string;
  readonly end: string;
  readonly messageKey: string;
}

/** A field with its beginning as text; all of one shape. */
interface TextField {
  readonly read: LineField["read"];
  readonly start: string;
  /** By word, the field. */
  readonly words: Map<unknown, string> | undefined;
}

/** Reasons of sampling, types of errors and operations: of each so many. */
const maxWords = 500;

const sample: RequestLine = {
  level: "info",
  method: "GET",
  route: "/a",
  operation: "query A",
  path: '/"\u2028\n\uD800',
  statusCode: 200,
  aborted: false,
  durationMs: 1.5,
  streamMs: 2,
  requestBytes: 1,
  responseBytes: 0,
  traceId: "0123456789abcdef0123456789abcdef",
  spanId: "0123456789abcdef",
  traceFlags: 3,
  samplingReason: 'a "custom" reason',
  errorType: "A\\B",
  error: undefined,
};

/**
 * Writes the text of a request's line straight to the destination of a pino logger, the same to the byte as pino would: a third of what it costs
 * through its methods.
 *
 * Only for a logger that would do nothing else with it: none of redaction, serializers, formatters of lines, nesting, hooks or mixins of the
 * service's. And only for a pino that, asked for a sample, gives what this gives.
 */
export class LineText {
  readonly #parts: LineParts;
  readonly #lead: LineLead;
  readonly #fields: readonly TextField[];

  private constructor(parts: LineParts, { request, lead }: FieldStyle) {
    this.#parts = parts;
    this.#lead = lead ?? (() => "");
    this.#fields = request.slice(lead ? leadCount : 0).map(({ key, read, isWord = false }) => ({
      read,
      start: flat(`,"${key}":`),
      words: isWord ? new Map<unknown, string>() : undefined,
    }));
  }

  /** Undefined where the logger's lines are pino's to write. */
  static of(logger: Logger, style: FieldStyle): LineText | undefined {
    const parts = partsOf(logger);
    if (parts === undefined) return undefined;
    const text = new LineText(parts, style);
    return text.#isAsPino(logger, style) ? text : undefined;
  }

  /** The end of a series' lines: their message. */
  ending(message: string): string {
    return flat(`,"${this.#parts.messageKey}":${JSON.stringify(message)}${this.#parts.end}`);
  }

  /** The bindings of a child logger as pino keeps them. */
  bindingsOf(child: Logger): string {
    return flat(String(pinoMember(child, "chindings")));
  }

  write(line: RequestLine, bindings: string, ending: string): void {
    const { stream, starts, time } = this.#parts;
    stream.write(this.#textOf(line, starts[levelNumbers[line.level]] + time() + bindings) + ending);
  }

  /** What the line says behind `text`. */
  #textOf(line: RequestLine, text: string): string {
    let made = text + this.#lead(line);
    // Few pieces: each is a node of the tree that the text is until it is written.
    for (const { read, start, words } of this.#fields) {
      const value = read(line);
      if (value === undefined) continue;
      if (words !== undefined) made += words.get(value) ?? addWord(words, value, start);
      else made += start + (Number.isFinite(value) ? (value as number) : JSON.stringify(value));
    }
    return made;
  }

  #isAsPino(logger: Logger, style: FieldStyle): boolean {
    const asJson = pinoMember(logger, "asJson");
    if (typeof asJson !== "function") return false;
    const { starts, time } = this.#parts;
    const now = time();
    const child = logger.child(fieldsOf(style.series, sample));
    let expected: unknown;
    asRequestLine(fieldsOf(style.request, sample), undefined, (fields) => {
      expected = asJson.call(child, fields, "GET /a 200", 30, now);
    });
    const text = this.#textOf(sample, starts[30] + now + this.bindingsOf(child));
    return expected === text + this.ending("GET /a 200");
  }
}

function addWord(words: Map<unknown, string>, word: unknown, start: string): string {
  const text = flat(start + JSON.stringify(word));
  if (words.size < maxWords) words.set(word, text);
  return text;
}

/** What is not there as we know it makes another text than pino's of a sample. */
function partsOf(logger: Logger): LineParts | undefined {
  const of = (name: string): unknown => pinoMember(logger, name);
  const stream = of("stream") as (DestinationStream & Record<symbol, unknown>) | undefined;
  const starts = of("lsCache") as LineParts["starts"] | undefined;
  const time = of("time") as LineParts["time"];
  if (typeof stream?.write !== "function" || typeof time !== "function" || !starts) return undefined;
  // Destinations that ask for more than the text, such as those that choose by level. Ours is told of requests otherwise.
  if (stream[Symbol.for("pino.metadata")] === true && !OtlpTee.isPlain(stream)) return undefined;
  if (!isLeftAlone(of)) return undefined;
  return { stream, starts, time, end: of("end") as string, messageKey: of("messageKey") as string };
}

/** Whether nothing of the service's looks at lines before they are written; errors apart, which pino writes. */
function isLeftAlone(of: (name: string) => unknown): boolean {
  const formatters = of("formatters") as { log?: unknown } | undefined;
  const hooks = of("hooks") as { logMethod?: unknown; streamWrite?: unknown } | undefined;
  const mixin = of("mixin");
  return (
    formatters !== undefined &&
    formatters.log === undefined &&
    (of("nestedKey") ?? "") === "" &&
    (of("msgPrefix") ?? "") === "" &&
    membersOf(of("stringifiers")).length === 0 &&
    membersOf(of("serializers")).every((key) => key === "err" || key === of("errorKey")) &&
    (mixin === undefined || isPlainMixin(mixin)) &&
    hooks?.streamWrite === undefined &&
    (hooks?.logMethod === undefined || isPlainMethod(hooks.logMethod))
  );
}

function membersOf(value: unknown): readonly PropertyKey[] {
  // What is not there as we know it may hold anything.
  return Object(value) === value ? Reflect.ownKeys(value as object) : ["unknown"];
}
