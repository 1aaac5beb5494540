import type { ExpressLayer, RoutePattern } from "./express-types.ts";

/** What a mount matched, and its template, when that is certain. */
export interface MountMatch {
  /** The beginning of the path that it took. */
  readonly taken: string;
  readonly template: string | undefined;
}

/** A mount may be reached by several patterns, not by endless ones. */
const maxLearned = 8;
/** Takes the place of a parameter's value to see whether a pattern is what it seems. Letters and digits, so that every `:name` takes it. */
const placeholder = "gsmr0";

/**
 * The pattern behind a mount, by what its version of Express tells.
 *
 * Express 5.3 keeps the pattern. Before it a layer keeps only functions or a regular expression: then the pattern is learned from what the
 * mount matched, and checked by matching again with other values. What stays ambiguous has no template: never a guess, never the raw path.
 */
export class LayerPattern {
  readonly #layer: ExpressLayer;
  /** The template where it does not depend on the request. */
  readonly fixed: string | undefined;
  readonly #learned: string[][] = [];

  constructor(layer: ExpressLayer) {
    this.#layer = layer;
    this.fixed = fixedTemplate(layer);
  }

  /** Matches the beginning of a path as the router would; undefined when it does not. */
  match(path: string): MountMatch | undefined {
    const found = matchLayer(this.#layer, path);
    if (found === undefined) return undefined;
    const { taken } = found;
    if (this.fixed !== undefined) return { taken, template: this.fixed };
    if (found.pattern !== undefined) return { taken, template: patternText(found.pattern) };
    return { taken, template: this.#learn(taken, found.params) };
  }

  #learn(taken: string, params: Readonly<Record<string, unknown>>): string | undefined {
    const segments = taken.split("/");
    const known = this.#learned.find((learned) => fits(learned, segments));
    if (known !== undefined) return known.join("/");
    if (this.#learned.length >= maxLearned) return undefined;
    const template = this.#derive(segments, params);
    if (template === undefined) return undefined;
    this.#learned.push(template);
    return template.join("/");
  }

  /** The segments with the values of parameters replaced by their names, if that is the only reading. */
  #derive(segments: readonly string[], params: Readonly<Record<string, unknown>>): string[] | undefined {
    const template = [...segments];
    for (const [name, value] of Object.entries(params)) {
      const places = segments.flatMap((segment, i) => (decode(segment) === value ? [i] : []));
      const [place] = places;
      // A number for a name is a group of a regular expression; a value at two places, or at none, can be read in more than one way.
      if (place === undefined || places.length > 1 || /^\d/.test(name) || template[place] !== segments[place])
        return undefined;
      template[place] = `:${name}`;
    }
    return this.#isConfirmed(template) ? template : undefined;
  }

  /** The pattern must take any value where the template has a name, and nothing else where it has text. */
  #isConfirmed(template: readonly string[]): boolean {
    const filled = template.map((segment) => (segment.startsWith(":") ? placeholder : segment));
    if (matchLayer(this.#layer, filled.join("/"))?.taken !== filled.join("/")) return false;
    return template.every((segment, i) => segment === "" || segment.startsWith(":") || !this.#takesOther(filled, i));
  }

  #takesOther(filled: readonly string[], place: number): boolean {
    const text = filled[place] ?? "";
    for (let i = 0; i <= text.length; i++) {
      for (const other of ["q", "7"]) {
        const changed = [...filled];
        changed[place] = text.slice(0, i) + (text[i] === other ? "z" : other) + text.slice(i + 1);
        if (matchLayer(this.#layer, changed.join("/"))?.taken === changed.join("/")) return true;
      }
    }
    return false;
  }
}

/** Whether the router would call the layer, which is no route, for the path. */
export function fitsLayer(layer: ExpressLayer, path: string): boolean {
  return matchLayer(layer, path) !== undefined;
}

/** A pattern as a template: a string as it is, a regular expression as its source, several as one text. */
export function patternText(pattern: RoutePattern): string {
  if (typeof pattern === "string") return pattern;
  if (pattern instanceof RegExp) return String(pattern);
  return pattern.map(patternText).join("|");
}

function fixedTemplate({ rawPath, slash, regexp, keys }: ExpressLayer): string | undefined {
  if (slash === true || regexp?.fast_slash === true) return "";
  if (rawPath === undefined) return regexp === undefined ? undefined : readBack(regexp, keys ?? []);
  if (Array.isArray(rawPath) && rawPath.length !== 1) return undefined;
  return patternText(rawPath);
}

/** What Express 4 puts behind the pattern of every mount. */
const mountEnd = String.raw`\/?(?=\/|$)`;
/** Of the source of a mount's expression: a name, in the newest version with the slash before it, behind a text not of that text, or a letter that stands for itself. */
const sourceTokens =
  /\(\?:(?<slash>\\\/)?(?<name>\((?:\[\^\\?\/\]|\(\?:\(\?!\\\/\|[^()]*\)\.\))\+\?\))\)|\\(?<escaped>[^a-zA-Z0-9])|(?<plain>[^\\()[\]{}*+?.^$|])/y;

/**
 * The pattern of a mount of Express 4, which keeps its regular expression alone: one of texts and plain names is read back from that. Of
 * anything else undefined.
 */
function readBack({ source }: RegExp, keys: readonly { readonly name: string | number }[]): string | undefined {
  if (!source.startsWith("^") || !source.endsWith(mountEnd)) return undefined;
  const pattern = source.slice(1, -mountEnd.length);
  let template = "";
  let names = 0;
  let at = 0;
  while (at < pattern.length) {
    sourceTokens.lastIndex = at;
    const token = sourceTokens.exec(pattern);
    if (token === null) return undefined;
    const { slash, name, escaped, plain } = token.groups ?? {};
    if (name === undefined) template += escaped ?? plain;
    else {
      const key = keys[names++];
      if (typeof key?.name !== "string") return undefined;
      template += `${slash === undefined ? "" : "/"}:${key.name}`;
    }
    at += token[0].length;
  }
  return names === keys.length ? template : undefined;
}

interface LayerMatch {
  readonly taken: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The pattern that matched, where the layer keeps it. */
  readonly pattern: RoutePattern | undefined;
}

/** Asks the layer's own matcher, without touching the state that the router keeps on the layer. */
function matchLayer({ slash, matchers, regexp, keys, rawPath }: ExpressLayer, path: string): LayerMatch | undefined {
  if (slash === true || regexp?.fast_slash === true) return { taken: "", params: {}, pattern: undefined };
  try {
    if (matchers !== undefined) {
      for (const [i, matcher] of matchers.entries()) {
        const pattern = Array.isArray(rawPath) ? (rawPath[i] as RoutePattern) : rawPath;
        const match = unmoved(pattern, () => matcher(path));
        if (match !== false) return { taken: match.path, params: match.params, pattern };
      }
      return undefined;
    }
    const match = regexp === undefined ? null : unmoved(regexp, () => regexp.exec(path));
    if (match === null) return undefined;
    const params: Record<string, unknown> = {};
    for (const [i, key] of (keys ?? []).entries()) {
      const value = match[i + 1];
      if (value !== undefined) params[String(key.name)] = decode(value);
    }
    return { taken: match[0], params, pattern: undefined };
  } catch {
    // A percent-escape that cannot be decoded: Express answers 400 for it, and no route is reached.
    return undefined;
  }
}

/** An expression with `g` or `y` goes on where it ended before: for the service that stays as it was. */
function unmoved<T>(pattern: unknown, match: () => T): T {
  if (!(pattern instanceof RegExp) || !(pattern.global || pattern.sticky)) return match();
  const { lastIndex } = pattern;
  pattern.lastIndex = 0;
  try {
    return match();
  } finally {
    pattern.lastIndex = lastIndex;
  }
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, i) =>
      part.startsWith(":") ? segments[i] !== "" : part.toLowerCase() === segments[i]?.toLowerCase(),
    )
  );
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
