/** What was thrown, or given in place of an error, as one text. Never throws, whatever it is: it may have getters that do, or no way to become text. */
export function textOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error && typeof thrown.message === "string" && thrown.message !== "") return thrown.message;
    if (typeof thrown === "object" && thrown !== null && "message" in thrown && typeof thrown.message === "string")
      return thrown.message;
    return String(thrown);
  } catch {
    return "an error that cannot be read";
  }
}
