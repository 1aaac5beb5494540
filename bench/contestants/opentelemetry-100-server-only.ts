import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const openTelemetry100ServerOnly: Contestant = openTelemetry({
  name: "OpenTelemetry 100 %, no layer spans",
  ratio: 1,
  spans: "server-only",
  compression: "none",
});

export default openTelemetry100ServerOnly;
