// What happened so far: spans, decisions, drops.
import { createTestTelemetry } from "@gossamer/testing";

const test = createTestTelemetry();
for (let i = 0; i < 3; i++) test.telemetry.span(`step ${i}`, () => {});
const { state, spans } = test.telemetry.status();
console.log(state, spans.started);
await test.stop();

// Prints:
// running 3
