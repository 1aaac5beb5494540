// Another version of the API has registered something before us.
const other = require("other-api");
other.trace.setGlobalTracerProvider({ getTracer: () => other.trace.getTracerProvider() });
const { createTelemetry } = require("@gossamer/core");
const lines = [];
createTelemetry({
  exporter: "none",
  diagnostics: "warn",
  log: (line) => lines.push(line),
  shutdown: { signals: false },
});
process.stdout.write(`${JSON.stringify(lines)}\n`, () => process.exit(0));
