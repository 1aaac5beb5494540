import { expect, it } from "vitest";
import { rowSlots } from "./row-slots.ts";

const none: ReadonlyMap<number, number> = new Map();

it("rows that come take the elements of rows that went, and the others keep theirs (R-D3)", () => {
  const first = rowSlots(none, [3, 2, 1], undefined);
  expect([...first]).toEqual([
    [3, 0],
    [2, 1],
    [1, 2],
  ]);
  expect([...rowSlots(first, [5, 4, 3], undefined)]).toEqual([
    [5, 1],
    [4, 2],
    [3, 0],
  ]);
  // Elements stay in their order where all rows are new, so that none is moved.
  expect([...rowSlots(first, [6, 5, 4], undefined).values()]).toEqual([0, 1, 2]);
});

it("the element with the focus is not given to another row, and two rows never have the same (R-D3)", () => {
  const first = rowSlots(none, [3, 2, 1], undefined);
  expect([...rowSlots(first, [6, 5, 4], 2).values()]).toEqual([0, 2, 3]);
  let slots = first;
  for (let i = 0; i < 200; i++) {
    const rows = Array.from({ length: 3 + (i % 5) }, (_, k) => i * 3 + k);
    slots = rowSlots(slots, rows, i % 2 === 0 ? rows[0] : undefined);
    expect(new Set(slots.values()).size).toBe(rows.length);
  }
  expect(Math.max(...slots.values())).toBeLessThan(20);
});
