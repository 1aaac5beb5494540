import assert from "node:assert/strict";
import type { ContractCase } from "../contract-case.ts";

/** What becomes of requests that say what they do. */
export const operationCases: readonly ContractCase[] = [
  {
    title: "a named operation is on the request's span and in its series, next to the route (R-I13)",
    async run({ send, settle }) {
      for (const name of ["GetUser", "GetUser", "Rename"]) await send(`/operations/${name}`);
      const { requests, durations } = await settle(3);
      assert.deepEqual(
        requests.map(({ name }) => name),
        ["query GetUser", "query GetUser", "query Rename"],
      );
      const [span] = requests;
      assert.equal(span?.attributes["http.route"], "/operations/:name");
      assert.equal(span?.attributes["graphql.operation.name"], "GetUser");
      assert.deepEqual(
        durations.map(({ attributes, count }) => [
          attributes["http.route"],
          attributes["graphql.operation.name"],
          count,
        ]),
        [
          ["/operations/:name", "GetUser", 2],
          ["/operations/:name", "Rename", 1],
        ],
      );
    },
  },
  {
    title: "clients cannot create more series by operation names than maxOperations, whatever they send (R-I13, R-L5)",
    telemetry: { maxOperations: 2 },
    async run({ send, settle, telemetry }) {
      const names = ["A", "B", "C", "D", "%3Cscript%3E", "a%20b", "x".repeat(100)];
      for (const name of names) await send(`/operations/${name}`);
      const { durations } = await settle(names.length);
      const told = durations.map(({ attributes, count }) => [attributes["graphql.operation.name"], count]);
      assert.deepEqual(told, [
        ["A", 1],
        ["B", 1],
        ["_OTHER", 5],
      ]);
      assert.deepEqual(telemetry.status().operations, { named: 7, overflow: 3, refused: 2 });
    },
  },
  {
    title: "a rule for an operation waits until the operation is named, and its child spans wait too (R-I13, R-S4)",
    telemetry: {
      sampleRatio: 0,
      keep: { errors: false, aborted: false, slow: false },
      rules: [{ name: "reads", match: { operation: "graphql:Get*" }, ratio: 1 }],
    },
    async run({ send, settle, telemetry }) {
      // The first says that requests to this route are named.
      for (const name of ["First", "GetUser", "Rename", "GetAll"]) await send(`/operations/${name}`);
      await send("/items");
      const { requests, spans } = await settle(5);
      assert.deepEqual(
        requests.map(({ name, attributes }) => [name, attributes["sampling.rule"]]),
        [
          ["query GetUser", "reads"],
          ["query GetAll", "reads"],
        ],
      );
      assert.equal(spans.filter(({ name }) => name === "before its name").length, 2);
      assert.equal(spans.filter(({ name }) => name === "behind its name").length, 2);
      const asked = { route: "/operations/:name", operation: "graphql:GetUser" };
      assert.deepEqual(telemetry.explain(asked).rule, "reads");
      assert.equal(telemetry.explain({ ...asked, operation: "graphql:Rename" }).decidedBy, "default");
    },
  },
];
