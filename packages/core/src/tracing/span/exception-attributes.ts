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

/** The class of what was thrown: its name, else that of its constructor, else the kind of value. Short, and never input. */
export function errorTypeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return typeof thrown;
  const name = textProperty(thrown, "name") ?? constructorName(thrown);
  return name === undefined || name === "" ? "Error" : name.slice(0, 128);
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
