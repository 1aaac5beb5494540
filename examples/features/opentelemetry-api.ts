// A tracer of OpenTelemetry's API makes its spans here.
import { createTestTelemetry } from "@gossamer/testing";
import { trace } from "@opentelemetry/api";

const tracer = trace.getTracer("library"); // taken before there was an engine
const test = createTestTelemetry();
tracer.startActiveSpan("of a library", (span) => span.end());
console.log(test.spans.map(({ name }) => name));
await test.stop();

// Prints:
// [ 'of a library' ]
