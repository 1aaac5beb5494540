import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findProofs, promiseFaults, withProofs } from "../scripts/promises-table.ts";

const table = readFileSync(join(import.meta.dirname, "../docs/promises.md"), "utf8");

it("docs/promises.md says what each id in a test's title promises, and where it is proved (R-D6)", () => {
  expect(promiseFaults(table, findProofs()), "`pnpm promises` writes the last column.").toEqual([]);
});

it("a table of promises is at fault for whatever is missing, told twice or proved no more (R-D6)", () => {
  const proofs = new Map([
    ["R-A1", new Map([["a.test.ts", 1]])],
    ["R-A2", new Map([["b.test.ts", 2]])],
    ["R-A3", new Map([["b.test.ts", 2]])],
    ["R-A9", new Map([["b.test.ts", 2]])],
  ]);
  const rows = [
    "| R-A1 | Moved. | [gone.test.ts](../gone.test.ts) |",
    "| R-A2 | Built by now. | not yet |",
    "| R-A3 | | [b.test.ts](../b.test.ts) |",
    "| R-A4 | Untested. | |",
    "| R-A5 | Planned. | not yet |",
    "| R-A5 | Planned again. | not yet |",
  ];
  expect(promiseFaults(rows.join("\n"), proofs)).toEqual([
    "R-A1 is not proved in gone.test.ts.",
    "R-A2 is proved, and the table does not say where.",
    "R-A3 has no sentence.",
    'R-A4 has no test, and is not said to be "not yet".',
    "R-A5 is told twice.",
    "R-A9 stands in a title, and has no sentence.",
  ]);
});

it("the column is written with the files that hold most of the tests (R-D6)", () => {
  const files = new Map([
    ["x/a.test.ts", 1],
    ["x/b.test.ts", 3],
    ["x/c.test.ts", 2],
    ["x/d.test.ts", 1],
  ]);
  const written = withProofs(
    "| C1 | One. | not yet |\n| C2 | Two. | not yet |\n| C3 | Three. | x |",
    new Map([["C1", files]]),
  );
  expect(written.split("\n")).toEqual([
    "| C1 | One. | [b.test.ts](../x/b.test.ts), [c.test.ts](../x/c.test.ts), [a.test.ts](../x/a.test.ts) and 1 more |",
    "| C2 | Two. | not yet |",
    "| C3 | Three. |  |",
  ]);
});
