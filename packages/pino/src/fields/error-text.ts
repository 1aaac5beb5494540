/** What was thrown, as text. */
export interface ErrorText {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
}

const maxMessageLength = 8_192;
const maxStackLength = 32_768;

/** Reads what was thrown, whatever it is: getters that throw say nothing, long texts are cut. Never throws. */
export function errorText(error: unknown): ErrorText {
  if (typeof error !== "object" || error === null) {
    return { type: typeof error, message: cut(String(error), maxMessageLength), stack: undefined };
  }
  const stack = text(error, "stack");
  return {
    type: cut(className(error), 128),
    message: cut(text(error, "message") ?? "", maxMessageLength),
    stack: stack === undefined ? undefined : cut(stack, maxStackLength),
  };
}

/**
 * The same as an error that pino's serializer, or the user's, can read safely. One that is short and plain is handed on as it is, so that they
 * see what they know of it.
 */
export function loggableError(error: unknown): unknown {
  if (!(error instanceof Error) || !isPlain(error)) return standIn(errorText(error));
  return error;
}

function standIn({ type, message, stack }: ErrorText): Error {
  const error = new Error(message);
  error.name = type;
  if (stack === undefined) delete error.stack;
  else error.stack = stack;
  // Serializers take the type from the constructor where it is a function.
  return Object.defineProperty(error, "constructor", { value: undefined, enumerable: false });
}

/** Whether every member can be read, and none of the texts is too long. */
function isPlain(error: Error): boolean {
  try {
    // Enumerable members, inherited ones too, are what serializers copy.
    for (const key in error) void (error as unknown as Record<string, unknown>)[key];
    return error.message.length <= maxMessageLength && (error.stack?.length ?? 0) <= maxStackLength;
  } catch {
    return false;
  }
}

/**
 * As the span's `error.type`: the name that the error gave itself, else that of its class. A class that extends an error of the language and gives
 * itself no name only inherits that error's.
 */
function className(error: object): string {
  const name = text(error, "name") ?? "";
  try {
    const isInherited = error instanceof Error && namesOfLanguage.has(name) && !Object.hasOwn(error, "name");
    if (name !== "" && !isInherited) return name;
    const own: unknown = error.constructor?.name;
    return (typeof own === "string" && own) || name || "Error";
  } catch {
    return name || "Error";
  }
}

const namesOfLanguage: ReadonlySet<string> = new Set([
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

function text(error: object, key: string): string | undefined {
  try {
    const value: unknown = Reflect.get(error, key);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function cut(value: string, maxLength: number): string {
  return value.length <= maxLength ? value : `${value.slice(0, maxLength - 3)}...`;
}
