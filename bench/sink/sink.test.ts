import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Sink } from "./sink.ts";

const sink = await Sink.start();
after(() => sink.stop());

/** A batch of Elastic's, with one transaction of a service. */
function transactionOf(service: string): string {
  return [
    { metadata: { service: { name: service } } },
    { transaction: { id: "1", type: "request", sampled: true, span_count: { started: 0 } } },
  ]
    .map((line) => JSON.stringify(line))
    .join("\n");
}

test("two questions at once have each its own answer", async () => {
  for (const service of ["a", "a", "b"])
    await fetch(`${sink.url}/intake/v2/events`, { method: "POST", body: transactionOf(service) });
  const [a, b, none] = await Promise.all(["a", "b", "none"].map((service) => sink.totals(service)));
  assert.deepEqual([a?.exports, b?.exports, none?.exports], [2, 1, 0]);
});
