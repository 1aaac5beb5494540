import { describe, expect, it } from "vitest";
import { Ledger, rowName } from "./ledger.ts";

const found = { service: "shop", method: "GET", route: "/products/:id", group: "2xx" };

describe("Ledger", () => {
  it("has nothing to say when every row was counted as it was sent", () => {
    const ledger = new Ledger();
    ledger.add(found);
    ledger.add(found);
    expect(ledger.differences(new Map([[rowName(found), 2]]))).toEqual([]);
  });

  it("names rows that were counted wrong, not at all, or though nobody sent them", () => {
    const ledger = new Ledger();
    ledger.add(found);
    ledger.add({ ...found, group: undefined });
    expect(
      ledger.differences(
        new Map([
          ["shop GET /products/:id 2xx", 2],
          ["shop GET (no route) 4xx", 3],
        ]),
      ),
    ).toEqual([
      { row: "shop GET /products/:id 2xx", sent: 1, counted: 2 },
      { row: "shop GET /products/:id (no answer)", sent: 1, counted: 0 },
      { row: "shop GET (no route) 4xx", sent: 0, counted: 3 },
    ]);
  });
});
