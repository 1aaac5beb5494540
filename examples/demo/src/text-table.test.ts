import { expect, it } from "vitest";
import { textTable } from "./text-table.ts";

it("makes each column as wide as its widest cell, text left and numbers right", () => {
  const lines = textTable(
    [{ title: "route", align: "left" }, { title: "n" }],
    [
      ["/a", "1,000"],
      ["/longer", "7"],
    ],
  );
  expect(lines).toEqual(["  route        n", "  /a       1,000", "  /longer      7"]);
});
