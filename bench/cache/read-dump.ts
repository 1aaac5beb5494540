import { combine, type Costs, noCosts } from "./costs.ts";

/** What one dump of callgrind holds, without what each function spent in those that it called. */
export interface Dump {
  readonly all: Costs;
  /** Of code that was made at run time, by the address of the instruction. */
  readonly generated: ReadonlyMap<number, Costs>;
}

/** How callgrind calls what was loaded from no file. */
const noFile = "???";

/**
 * Reads a dump that was written with `--dump-instr=yes --dump-line=no --compress-pos=no --compress-strings=no`.
 *
 * Throws unless its lines add up to the total that it tells itself: then it holds something that is not known here.
 */
export function readDump(text: string): Dump {
  let read: (cells: readonly string[]) => Costs = () => {
    throw new Error("A dump of callgrind counts something before it says what.");
  };
  let isGenerated = false;
  let isCalled = false;
  let all = noCosts;
  let total: Costs | undefined;
  const generated = new Map<number, Costs>();
  for (const line of text.split("\n")) {
    if (line.startsWith("0x")) {
      // The line after a call is what was spent in there.
      if (isCalled) {
        isCalled = false;
        continue;
      }
      const [address = "", ...cells] = line.split(" ");
      const costs = read(cells);
      all = add(all, costs);
      if (isGenerated) generated.set(Number(address), add(generated.get(Number(address)) ?? noCosts, costs));
    } else if (line.startsWith("calls=")) isCalled = true;
    else if (line.startsWith("ob=")) isGenerated = line.slice(3) === noFile;
    else if (line.startsWith("events: ")) read = readerOf(line.slice(8).split(" "));
    else if (line.startsWith("totals: ")) total = read(line.slice(8).split(" "));
  }
  if (total === undefined || total.instructions !== all.instructions)
    throw new Error(
      `A dump of callgrind tells ${total?.instructions} instructions, and its lines ${all.instructions}.`,
    );
  return { all, generated };
}

function add(a: Costs, b: Costs): Costs {
  return combine(a, b, (one, other) => one + other);
}

/** Zeros at the end of a line are left out. */
function readerOf(events: readonly string[]): (cells: readonly string[]) => Costs {
  const at = (event: string): number => {
    const index = events.indexOf(event);
    if (index === -1) throw new Error(`A dump of callgrind has no ${event}: ${events.join(" ")}`);
    return index;
  };
  const columns = [at("Ir"), at("I1mr"), at("D1mr")] as const;
  return (cells) => ({
    instructions: Number(cells[columns[0]] ?? 0),
    instructionMisses: Number(cells[columns[1]] ?? 0),
    dataMisses: Number(cells[columns[2]] ?? 0),
  });
}
