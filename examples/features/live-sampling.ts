// The ratio changes while the service runs.
import { createTestTelemetry } from "@gossamer/testing";

const test = createTestTelemetry({ sampleRatio: 0 });
test.telemetry.span("before", () => {});
test.telemetry.sampling.update({ sampleRatio: 1 });
test.telemetry.span("after", () => {});
console.log(test.spans.map(({ name }) => name));
await test.stop();

// Prints:
// [ 'after' ]
