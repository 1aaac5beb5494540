import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const openTelemetry0ServerOnly: Contestant = openTelemetry({
  name: "OpenTelemetry 0 %, no layer spans",
  ratio: 0,
  spans: "server-only",
  compression: "none",
});

export default openTelemetry0ServerOnly;
