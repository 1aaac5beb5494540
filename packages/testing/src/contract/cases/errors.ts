import assert from "node:assert/strict";
import type { ContractCase } from "../contract-case.ts";

/** What was thrown. */
export const errorCases: readonly ContractCase[] = [
  {
    title: "an error thrown synchronously fails its request, with its class as error type and its message (R-A1, R-G7)",
    async run({ send, settle }) {
      assert.equal((await send("/throw/sync")).status, 500);
      const { requests, durations } = await settle(1);
      const { status, attributes } = requests[0] ?? assert.fail();
      assert.equal(attributes["error.type"], "FixtureError");
      assert.deepEqual(status, { code: 2, message: "thrown at once" });
      assert.equal(durations[0]?.attributes["error.type"], "FixtureError");
    },
  },
  {
    title: "an error thrown asynchronously fails its request in the same way (R-A1, R-G7)",
    async run({ send, settle }) {
      assert.equal((await send("/throw/async/3")).status, 500);
      const { requests, durations } = await settle(1);
      const { status, attributes } = requests[0] ?? assert.fail();
      assert.equal(attributes["error.type"], "PaymentError");
      assert.deepEqual(status, { code: 2, message: "card declined" });
      assert.equal(durations[0]?.attributes["error.type"], "PaymentError");
    },
  },
  {
    title: "an error answered with a 4xx does not count as a failure (R-A1)",
    async run({ send, settle }) {
      assert.equal((await send("/throw/conflict")).status, 409);
      const { requests, durations } = await settle(1);
      const { status, attributes } = requests[0] ?? assert.fail();
      assert.equal(status.code, 0);
      assert.equal("error.type" in attributes, false);
      assert.equal("error.type" in (durations[0]?.attributes ?? {}), false);
    },
  },
  {
    title: "a thrown error is reported once (R-G7)",
    async run({ send, settle }) {
      await send("/throw/sync");
      const { requests } = await settle(1);
      assert.ok((requests[0]?.events.length ?? 0) <= 1);
    },
  },
  {
    title: "a failed request does not affect the next one on its connection (R-A1)",
    async run({ raw, settle }) {
      const one = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
      await raw(one("/throw/sync") + one("/items/1", "Connection: close\r\n"));
      const seen = await settle(2);
      assert.equal(seen.request("/items/1").status.code, 0);
      assert.equal("error.type" in seen.request("/items/1").attributes, false);
    },
  },
];
