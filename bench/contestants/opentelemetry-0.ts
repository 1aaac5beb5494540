import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const openTelemetry0: Contestant = openTelemetry({
  name: "OpenTelemetry 0 %",
  ratio: 0,
  spans: "all",
  compression: "none",
});

export default openTelemetry0;
