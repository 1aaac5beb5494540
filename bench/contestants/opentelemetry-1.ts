import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const openTelemetry1: Contestant = openTelemetry({
  name: "OpenTelemetry 1 %",
  ratio: 0.01,
  spans: "all",
  compression: "none",
});

export default openTelemetry1;
