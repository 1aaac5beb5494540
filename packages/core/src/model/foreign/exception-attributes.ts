import type { Attributes } from "@opentelemetry/api";

/**
 * What the convention asks of an exception event: type, message and stack. Whatever was thrown, this does not throw.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function exceptionAttributes(exception: unknown): Attributes {
  const attributes: Attributes = {};
  if (typeof exception !== "object" || exception === null) {
    attributes["exception.message"] = typeof exception === "function" ? "function" : String(exception);
  } else {
    attributes["exception.type"] = errorTypeOf(exception);
    attributes["exception.message"] = textProperty(exception, "message");
    attributes["exception.stacktrace"] = textProperty(exception, "stack");
  }
  return attributes;
}

/**
 * The class of what was thrown: its name, else that of its constructor, else the kind of value. Short, and never input.
 *
 * A class that extends an error of the language and gives itself no name inherits that error's: there the constructor's is the better one.
 */
export function errorTypeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return typeof thrown;
  const name = textProperty(thrown, "name");
  // Most errors: a look-up where all the rest asks V8's runtime, at each request that fails.
  if (name !== undefined && isOfLanguage(thrown, name)) return name;
  const isGiven = name !== undefined && name !== "" && !isInherited(thrown, name);
  const found = isGiven ? name : constructorName(thrown) || name;
  return found === undefined || found === "" ? "Error" : found.slice(0, 128);
}

const classesOfLanguage: ReadonlyMap<string, unknown> = new Map<string, unknown>(
  [Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((each) => [
    each.name,
    each,
  ]),
);

/** Whether it was made by the language's own class of that name: then its name is that, whoever gave it. */
function isOfLanguage(thrown: object, name: string): boolean {
  try {
    const own = classesOfLanguage.get(name);
    return own !== undefined && own === thrown.constructor;
  } catch {
    return false;
  }
}

/** Whether the name is that of one of the language's own errors, which this one inherits. */
function isInherited(thrown: object, name: string): boolean {
  try {
    return classesOfLanguage.has(name) && !Object.hasOwn(thrown, "name") && thrown instanceof Error;
  } catch {
    return false;
  }
}

/** The message of what was thrown, if it has one. */
export function errorMessageOf(thrown: unknown): string | undefined {
  if (typeof thrown === "string") return thrown;
  return typeof thrown === "object" && thrown !== null ? textProperty(thrown, "message") : undefined;
}

function textProperty(value: object, key: string): string | undefined {
  try {
    const property: unknown = Reflect.get(value, key);
    return typeof property === "string" ? property : undefined;
  } catch {
    // A getter of the user's that throws says nothing; the rest of the error is still told.
    return undefined;
  }
}

function constructorName(value: object): string | undefined {
  try {
    const name: unknown = value.constructor?.name;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
