const maxNameLength = 64;

/**
 * The known name that someone who wrote `name` most likely meant, or undefined when none is near.
 *
 * Near is an edit distance of at most a third of its length (at least one letter), whatever the case. Failing that, the last part of a dotted name
 * when it is written the same. The first of equally near names wins.
 */
export function suggestName(
  name: string,
  siblings: readonly string[],
  dotted: readonly string[] = [],
): string | undefined {
  const asked = name.slice(0, maxNameLength).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(asked.length / 3)) + 1;
  for (const known of siblings) {
    const distance = editDistance(asked, known.toLowerCase());
    if (distance < bestDistance && distance < known.length) {
      best = known;
      bestDistance = distance;
    }
  }
  return best ?? dotted.find((known) => known.slice(known.lastIndexOf(".") + 1).toLowerCase() === asked);
}

/** Levenshtein distance in one row of memory. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replace = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
