export type RowKey = string | number;

/** Which element of the document shows which row, in the order of the rows. */
export type RowSlots = ReadonlyMap<RowKey, number>;

/**
 * Gives each row in sight an element. A row that stays has the one that it had; a new one takes that of a row that has gone, so that elements are written anew
 * and not made anew, however quickly rows come. That of the row with the focus is not given to another.
 */
export function rowSlots(before: RowSlots, rows: readonly RowKey[], focused: RowKey | undefined): RowSlots {
  const wanted = new Set(rows);
  const free = [...before].filter(([row]) => !wanted.has(row) && row !== focused).map(([, slot]) => slot);
  const taken = new Set(before.values());
  let unused = 0;
  const freeSlot = (): number => {
    const slot = free.shift();
    if (slot !== undefined) return slot;
    while (taken.has(unused)) unused++;
    return unused++;
  };
  return new Map(rows.map((row) => [row, before.get(row) ?? freeSlot()]));
}
