import { Glob } from "../../model/glob.ts";
import type { RuleMatch } from "../../model/sampling/sampling-rule.ts";

/** What a rule's `match` says. */
export interface RulePattern {
  /** The methods it is for; undefined: all, and roots that no request made. */
  readonly methods: ReadonlySet<string> | undefined;
  /** The route templates it is for; undefined: all, and what has no route. */
  readonly route: Glob | undefined;
  /** The operations it is for; undefined: all, and what has none. */
  readonly operation?: Glob | undefined;
}

/** Reads `match` in either form. Throws like {@link parseMatch}. */
export function parseRuleMatch(match: string | RuleMatch, methodNames: readonly string[]): RulePattern {
  if (typeof match === "string") return parseMatch(match, methodNames);
  const { route = "*", operation } = match;
  return {
    ...parseMatch(route, methodNames),
    operation: operation === undefined ? undefined : parseOperation(operation),
  };
}

const maxPatternLength = 1_000;

/** Reads `match`. Throws an Error whose message completes `match must be …`. */
export function parseMatch(text: string, methodNames: readonly string[]): RulePattern {
  const trimmed = text.trim();
  const gap = /\s/.exec(trimmed)?.index ?? -1;
  const hasMethod = gap !== -1 && !trimmed.startsWith("/");
  const route = hasMethod ? trimmed.slice(gap).trim() : trimmed;
  if (!route.startsWith("/") && !route.startsWith("*")) {
    const hint = methodNames.includes(trimmed) ? ` (write '${trimmed} *' for every route)` : "";
    throw new Error(`a method and a route template such as 'GET /users/:id', '/admin/*' or '*'${hint}`);
  }
  checkGlob(route);
  return {
    methods: hasMethod ? methodsOf(trimmed.slice(0, gap), methodNames) : undefined,
    route: route === "*" ? undefined : new Glob(route),
  };
}

/** What names of operations can be, with `*` in them. */
const operationForm = /^(?:graphql:[\w*]*|rpc:[\w./*]*|(?:graphql|rpc)?\*[\w./:*]*)$/;

function parseOperation(text: string): Glob {
  if (!operationForm.test(text))
    throw new Error(
      `for operations by kind and name, such as 'graphql:Get*', 'rpc:user.byId' or '*:Get*', not '${text.slice(0, 40)}'`,
    );
  return parseGlob(text);
}

/** A glob of a condition. Throws an Error whose message completes `… must be …`. */
export function parseGlob(text: string): Glob {
  if (text === "") throw new Error("a text that is not empty, in which * stands for any text");
  checkGlob(text);
  return new Glob(text);
}

function checkGlob(text: string): void {
  if (text.length > maxPatternLength) throw new Error(`at most ${maxPatternLength} characters long`);
  if (text.includes("**")) throw new Error("a text with single *, each of which stands for any text, slashes included");
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 32) throw new Error("a text without control characters");
  }
}

function methodsOf(text: string, methodNames: readonly string[]): ReadonlySet<string> | undefined {
  if (text === "*") return undefined;
  const glob = new Glob(text);
  const methods = methodNames.filter((name) => glob.matches(name));
  if (methods.length === 0) {
    throw new Error(`one that names a known method (${methodNames.join(", ")}), not '${text.slice(0, 40)}'`);
  }
  return new Set(methods);
}

/** Whether one pattern matches all that the other does. */
export function covers(one: RulePattern, other: RulePattern): boolean {
  if (one.route !== undefined && (other.route === undefined || !one.route.covers(other.route))) return false;
  if (one.operation !== undefined && (other.operation === undefined || !one.operation.covers(other.operation)))
    return false;
  if (one.methods === undefined) return true;
  if (other.methods === undefined) return false;
  for (const method of other.methods) if (!one.methods.has(method)) return false;
  return true;
}
