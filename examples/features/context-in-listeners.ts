// A listener that is added in a request runs in its context.
import { EventEmitter } from "node:events";
import { telemetry } from "@gossamer/core";
import { createTestTelemetry } from "@gossamer/testing";

const test = createTestTelemetry();
const emitter = new EventEmitter();
telemetry.span("job", (span) => {
  telemetry.bind(emitter);
  emitter.on("done", () => console.log(telemetry.traceId() === span.spanContext().traceId));
});
emitter.emit("done");
await test.stop();

// Prints:
// true
