/** `3 spans are`, `1 span is`. @param unit in the plural @param does what follows them, in the plural, with "are" or "were" as its last word */
export function counted(count: number, unit: string, does: string): string {
  if (count !== 1) return `${count} ${unit} ${does}`;
  const one = unit.replace("and", "or").replaceAll(/s\b/g, "");
  return `1 ${one} ${does.replace(/are$/, "is").replace("were", "was")}`;
}

/** What is left on the disk when a process ends. */
export function spooledWords(count: number, unit: string): string {
  return `${counted(count, unit, "are")} in the spool, for the next process to send`;
}
