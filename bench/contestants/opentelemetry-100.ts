import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const openTelemetry100: Contestant = openTelemetry({
  name: "OpenTelemetry 100 %",
  ratio: 1,
  spans: "all",
  compression: "none",
});

export default openTelemetry100;
