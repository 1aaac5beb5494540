// A step of your own is a child span; it ends when the step throws, too.
import { telemetry } from "@gossamer/core";
import { createTestTelemetry } from "@gossamer/testing";

const test = createTestTelemetry();
await telemetry.span("checkout", async () => {
  await telemetry.span("price", { attributes: { items: 3 } }, async () => {});
  await telemetry.span("pay", async () => Promise.reject(new RangeError("no money"))).catch(() => {});
});

for (const { name, status } of test.spans) console.log(name, status);
console.log(test.span("price").parentSpanId === test.span("checkout").spanId);
await test.stop();

// Prints:
// price unset
// pay error
// checkout unset
// true
