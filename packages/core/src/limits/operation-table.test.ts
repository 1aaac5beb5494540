import fc from "fast-check";
import { expect, test } from "vitest";
import type { OperationName } from "../model/route.ts";
import { OperationTable } from "./operation-table.ts";

const fuzzRuns = Number(process.env["GOSSAMER_FUZZ_RUNS"] ?? 1_000);

test.each<[OperationName, string, string, Record<string, string>]>([
  [
    { kind: "graphql", type: "query", name: "GetUser" },
    "query GetUser",
    "graphql:GetUser",
    { "graphql.operation.name": "GetUser", "graphql.operation.type": "query" },
  ],
  [{ kind: "graphql", type: "mutation" }, "mutation", "graphql:", { "graphql.operation.type": "mutation" }],
  [{ kind: "rpc", type: "trpc" }, "trpc", "rpc:", { "rpc.system.name": "trpc" }],
  [
    { kind: "rpc", type: "trpc", name: "user.byId" },
    "user.byId",
    "rpc:user.byId",
    { "rpc.system.name": "trpc", "rpc.method": "user.byId" },
  ],
  [
    { kind: "rpc", type: "grpc", name: "shop.v1.Users/Get" },
    "shop.v1.Users/Get",
    "rpc:shop.v1.Users/Get",
    { "rpc.system.name": "grpc", "rpc.method": "shop.v1.Users/Get" },
  ],
])("%j is told as %s (R-I13)", (given, spanName, label, attributes) => {
  const table = new OperationTable(200);
  const operation = table.get(given);
  expect(operation).toEqual({ spanName, label, attributes });
  // One object for all requests that name it: what rooms know of it, they know by that.
  expect(table.get({ ...given })).toBe(operation);
});

test.each<[OperationName]>([
  [{ kind: "rpc" }],
  [{ kind: "graphql" }],
  [{ kind: "graphql", type: "nothing", name: "" }],
  [{ kind: "rpc", type: "", name: "" }],
])(
  "%j, which says nothing, is no name: it would be a second series with the attributes of the first (R-I13)",
  (given) => {
    const table = new OperationTable(200);
    expect(table.get(given)).toBeUndefined();
    expect(table.counts.snapshot()).toEqual({});
  },
);

test("names beyond the bound are one, and those that are known stay (R-I13)", () => {
  const table = new OperationTable(2);
  const name = (word: string): unknown => table.get({ kind: "graphql", type: "query", name: word })?.spanName;
  expect(["A", "B", "C", "D", "A"].map(name)).toEqual([
    "query A",
    "query B",
    "query _OTHER",
    "query _OTHER",
    "query A",
  ]);
  expect(table.counts.snapshot()).toEqual({ named: 5, overflow: 2 });
});

test("a long name is cut, what is no word is refused, and both are counted (R-I13)", () => {
  const table = new OperationTable(200);
  const told = (name: unknown): unknown => table.get({ kind: "graphql", name } as OperationName)?.label;
  expect(told("x".repeat(65))).toBe(`graphql:${"x".repeat(64)}`);
  for (const hostile of ["a b", "a-b", "1a", "a\n", "ä", "{}", "../x", "__proto__ ", 7, {}, [], true]) {
    expect(told(hostile), String(hostile)).toBe("graphql:_OTHER");
  }
  expect(told("__proto__")).toBe("graphql:__proto__");
  expect(table.counts.snapshot()).toEqual({ named: 14, cut: 1, refused: 12 });
});

test("whatever clients and services say, there are no more names than allowed and all of them are words (R-I13)", () => {
  const table = new OperationTable(5);
  const seen = new Set<object>();
  fc.assert(
    fc.property(
      fc.constantFrom("graphql", "rpc"),
      fc.anything(),
      fc.oneof(fc.string(), fc.stringMatching(/^\w{0,80}$/), fc.anything()),
      (kind, type, name) => {
        const operation = table.get({ kind, type, name } as OperationName);
        if (operation === undefined) return;
        seen.add(operation);
        for (const value of [...Object.values(operation.attributes), operation.label.slice(kind.length + 1)]) {
          expect(value).toMatch(/^[\w./]{0,128}$/);
        }
      },
    ),
    { numRuns: fuzzRuns },
  );
  // A name with each type of GraphQL or system of RPC, at most.
  expect(seen.size).toBeLessThan(7 * 20);
});
