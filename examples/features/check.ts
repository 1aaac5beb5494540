// What to change before production, asked of the engine itself.
import { createTestTelemetry } from "@gossamer/testing";

const test = createTestTelemetry({ environment: "production", sampleRatio: 1 });
console.log(test.telemetry.check().length > 0);
await test.stop();

// Prints:
// true
