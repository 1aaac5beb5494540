// What would become of a request, and why, without asking it.
import { createTestTelemetry } from "@gossamer/testing";

const test = createTestTelemetry({ sampleRatio: 0.1, rules: [{ match: "GET /reports/:id", ratio: 1 }] });
for (const route of ["/reports/:id", "/users/:id"]) {
  console.log(test.telemetry.explain({ method: "GET", route }).steps.at(-1));
}
await test.stop();

// Prints:
// rules[0] "GET /reports/:id" matches: 100 % are sampled
// ParentBased{root=Ratio{0.1}} decides: 10 % are sampled
