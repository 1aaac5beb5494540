/** The smallest of the values that at least the share `q` of them do not exceed. NaN without values. */
export function quantile(values: Float64Array, q: number): number {
  const sorted = values.toSorted();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** All values of all lists. */
export function pooled(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}
