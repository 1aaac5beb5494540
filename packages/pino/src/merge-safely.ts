/**
 * Puts a line's own fields over those of the mixin, as pino does. A getter that throws becomes a text that says so; pino would throw it into the
 * service.
 */
export function mergeSafely(line: object, mixed: object): object {
  if (mixed === line) return line;
  try {
    return Object.assign(mixed, line);
  } catch {
    const fields = mixed as Record<string, unknown>;
    for (const key of readableKeys(line)) {
      try {
        fields[key] = Reflect.get(line, key);
      } catch {
        fields[key] = "[a getter threw]";
      }
    }
    return fields;
  }
}

function readableKeys(line: object): string[] {
  try {
    return Object.keys(line);
  } catch {
    // A proxy may refuse even that.
    return [];
  }
}
