const maxNameLength = 1_024;

/** A span's or event's name as text of at most 1,024 characters, whatever JavaScript gave; empty for what cannot be made a text. */
export function nameText(name: unknown): string {
  if (typeof name === "string") return name.length <= maxNameLength ? name : name.slice(0, maxNameLength);
  try {
    return String(name).slice(0, maxNameLength);
  } catch {
    return "";
  }
}
