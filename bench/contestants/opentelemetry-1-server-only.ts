import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const openTelemetry1ServerOnly: Contestant = openTelemetry({
  name: "OpenTelemetry 1 %, no layer spans",
  ratio: 0.01,
  spans: "server-only",
  compression: "none",
});

export default openTelemetry1ServerOnly;
