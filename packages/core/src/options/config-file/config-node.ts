import { isForbiddenName } from "../../model/checks/plain-object.ts";
import { plainText, quoteValue } from "../../model/checks/quote-value.ts";
import { suggestName } from "../../model/checks/suggest-name.ts";
import { ConfigError } from "./config-error.ts";
import { Substituted } from "./substitution.ts";

/**
 * One mapping of a configuration file. Each member is asked for once; `null` is as good as absent where a value is meant, and a mapping without members
 * where one is.
 *
 * What nobody has asked for by {@link end} does not apply, and is noted; unless it is nearly a name that was asked for: that is a mistake. Wrong kinds
 * throw a {@link ConfigError} that names the place.
 */
export class ConfigNode {
  readonly place: string;
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #unapplied: string[];
  readonly #asked = new Set<string>();
  readonly #nodes = new Map<string, ConfigNode>();

  /** @param unapplied takes the places of what does not apply */
  constructor(value: unknown, place: string, unapplied: string[]) {
    const isMapping =
      typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Substituted);
    if (!isMapping && value !== null && value !== undefined) throw wrong(place, "a mapping", value);
    this.place = place;
    this.#members = isMapping ? (value as Record<string, unknown>) : {};
    this.#unapplied = unapplied;
  }

  /** Where a member stands. */
  at(name: string): string {
    return this.place === "" ? name : `${this.place}.${name}`;
  }

  /** Whether it is there, `null` included. */
  has(name: string): boolean {
    this.#asked.add(name);
    return Object.hasOwn(this.#members, name) && this.#members[name] !== undefined;
  }

  /** A mapping, the same each time; undefined where it is absent. */
  node(name: string): ConfigNode | undefined {
    if (!this.has(name)) return undefined;
    const node = this.#nodes.get(name) ?? new ConfigNode(this.#members[name], this.at(name), this.#unapplied);
    this.#nodes.set(name, node);
    return node;
  }

  /** A list of mappings; undefined where it is absent. */
  nodes(name: string): readonly ConfigNode[] | undefined {
    return this.#list(name)?.map((one, i) => new ConfigNode(one, `${this.at(name)}[${i}]`, this.#unapplied));
  }

  /** A list of texts. */
  texts(name: string): readonly string[] | undefined {
    return this.#list(name)?.map((one, i) => textOf(one, `${this.at(name)}[${i}]`));
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const text = textOf(value, this.at(name));
    // A reference to nothing.
    return text === "" && value instanceof Substituted ? undefined : text;
  }

  /** One of some words. */
  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const word = words.find((known) => known === text);
    if (word === undefined) throw wrong(this.at(name), `one of ${words.join(", ")}`, text);
    return word;
  }

  /** A number from 0. */
  number(name: string, max: number = Number.MAX_VALUE): number | undefined {
    const value = plain(this.#value(name));
    if (value === undefined) return undefined;
    if (typeof value === "number" && value >= 0 && value <= max) return value;
    throw wrong(
      this.at(name),
      max === Number.MAX_VALUE ? "a number of at least 0" : `a number from 0 to ${max}`,
      value,
    );
  }

  flag(name: string): boolean | undefined {
    const value = plain(this.#value(name));
    if (value === undefined || typeof value === "boolean") return value;
    throw wrong(this.at(name), "true or false", value);
  }

  /**
   * The member as it is, with substituted texts as texts.
   *
   * @param isTyped what is one reference as a whole is what its text looks like, as in YAML
   */
  value(name: string, isTyped = false): unknown {
    return withoutSubstituted(this.#value(name), isTyped);
  }

  /** Notes a member that is known and does not apply; and a place within what was read. */
  passOver(...names: readonly string[]): void {
    for (const name of names) if (this.has(name)) this.#unapplied.push(this.at(name));
  }

  /** Notes what of this does not apply, in words. */
  note(what: string): void {
    this.#unapplied.push(what);
  }

  /** All that applies has been asked for. */
  end(): void {
    const known = [...this.#asked];
    for (const name of Object.keys(this.#members)) {
      if (this.#asked.has(name)) continue;
      const shown = plainText(name);
      const near = isForbiddenName(name) ? undefined : suggestName(name, known);
      if (near !== undefined) throw new ConfigError(`${this.at(shown)} is unknown; did you mean "${near}"?`);
      this.#unapplied.push(this.at(shown));
    }
  }

  #list(name: string): readonly unknown[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wrong(this.at(name), "a list", value);
    return value;
  }

  #value(name: string): unknown {
    return this.has(name) ? (this.#members[name] ?? undefined) : undefined;
  }
}

function textOf(value: unknown, place: string): string {
  if (value instanceof Substituted) return value.text;
  if (typeof value !== "string") throw wrong(place, "a text", value);
  return value;
}

/** A substituted text as what it looks like. */
function plain(value: unknown): unknown {
  return value instanceof Substituted ? value.scalar : value;
}

function withoutSubstituted(value: unknown, isTyped: boolean): unknown {
  if (value instanceof Substituted) return isTyped && value.isWhole ? value.scalar : value.text;
  if (Array.isArray(value)) return value.map((one) => withoutSubstituted(one, isTyped));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutSubstituted(member, isTyped)]));
}

function wrong(place: string, expectation: string, got: unknown): ConfigError {
  const shown = got instanceof Substituted ? got.text : got;
  return new ConfigError(`${place === "" ? "it" : place} must be ${expectation}, got ${quoteValue(shown)}`);
}
