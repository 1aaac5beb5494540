/** What the simulated processor did. */
export interface Costs {
  readonly instructions: number;
  /** Instructions that were not in the first-level cache. */
  readonly instructionMisses: number;
  /** Reads of data that was not in the first-level cache. */
  readonly dataMisses: number;
}

export const noCosts: Costs = { instructions: 0, instructionMisses: 0, dataMisses: 0 };

export function combine(a: Costs, b: Costs, over: (a: number, b: number) => number): Costs {
  return {
    instructions: over(a.instructions, b.instructions),
    instructionMisses: over(a.instructionMisses, b.instructionMisses),
    dataMisses: over(a.dataMisses, b.dataMisses),
  };
}

export function sum(all: Iterable<Costs>): Costs {
  let total = noCosts;
  for (const each of all) total = combine(total, each, (a, b) => a + b);
  return total;
}

/** Of one of so many. */
export function share(costs: Costs, of: number): Costs {
  return combine(costs, noCosts, (each) => each / of);
}
