import { type AttributeFilter, currentName } from "../model/filters/attribute-filter.ts";
import { type Glob, nameGlob } from "../model/glob.ts";

/** What becomes of an attribute by its name alone. */
export const nameVerdict = { keep: 0, remove: 1, redact: 2 } as const;

/** Answers a {@link nameVerdict}. What it removes it has counted. */
export type AttributeNames = (name: string) => number;

export interface AttributeNameSettings {
  /** Asked in order; the first that fits decides. */
  readonly filters: readonly AttributeFilter[];
  /** Names or globs of attributes whose value is replaced. What a filter removes is gone before. */
  readonly redact: readonly string[];
  /** Whether attributes named `debug` or `debug.…` are removed, whatever the filters say. */
  readonly removeDebug: boolean;
}

/** The value that takes a redacted one's place. */
export const redactedValue = "REDACTED";

const maxRemembered = 2_000;
const maxRememberedLength = 128;
const letterD = 100;

/**
 * Compiles filters once, so that a name that came before costs one look-up; undefined when no name is treated in any way of its own.
 *
 * `removed` is told why each attribute goes: `filter` or `debug`. Throws a RangeError for a pattern that is none.
 */
export function compileAttributeNames(
  settings: AttributeNameSettings,
  removed: (reason: "filter" | "debug") => void,
): AttributeNames | undefined {
  const { removeDebug } = settings;
  const withoutDebug: AttributeNames = (name) => {
    if (!isDebug(name)) return nameVerdict.keep;
    removed("debug");
    return nameVerdict.remove;
  };
  if (settings.filters.length === 0 && settings.redact.length === 0) return removeDebug ? withoutDebug : undefined;

  const judge = judgeOf(settings);
  const known = new Map<string, number>();
  return (name) => {
    if (removeDebug && isDebug(name)) return withoutDebug(name);
    let verdict = known.get(name);
    if (verdict === undefined) {
      verdict = judge(name);
      if (known.size < maxRemembered && name.length <= maxRememberedLength) known.set(name, verdict);
    }
    if (verdict === nameVerdict.remove) removed("filter");
    return verdict;
  };
}

function isDebug(name: string): boolean {
  return name.charCodeAt(0) === letterD && (name === "debug" || name.startsWith("debug."));
}

function judgeOf({ filters, redact }: AttributeNameSettings): AttributeNames {
  const steps = filters.map((filter) => {
    const keeps = "keep" in filter;
    const patterns = keeps ? filter.keep : filter.remove;
    return { keeps, fits: nameMatcher(typeof patterns === "string" ? [patterns] : patterns) };
  });
  const isRedacted = nameMatcher(redact);
  return (name) => {
    const step = steps.find(({ fits }) => fits(name));
    if (step?.keeps === false) return nameVerdict.remove;
    return isRedacted(name) ? nameVerdict.redact : nameVerdict.keep;
  };
}

/** Whether a name fits one of the patterns. Literal names, which are most, are found in a set. */
export function nameMatcher(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set<string>();
  const globs: Glob[] = [];
  for (const pattern of patterns) {
    const glob = nameGlob(pattern);
    if (glob === undefined) throw new RangeError(`'${pattern}' is neither a name nor a glob.`);
    if (!glob.isLiteral) globs.push(glob);
    // An old name means the new one, and what still comes under the old one as well.
    else names.add(pattern).add(currentName(pattern));
  }
  return (name) => names.has(name) || globs.some((glob) => glob.matches(name));
}
