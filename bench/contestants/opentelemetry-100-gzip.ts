import type { Contestant } from "./contestant.ts";
import { openTelemetry } from "./opentelemetry.ts";

const openTelemetry100Gzip: Contestant = openTelemetry({
  name: "OpenTelemetry 100 %, gzip",
  ratio: 1,
  spans: "all",
  compression: "gzip",
});

export default openTelemetry100Gzip;
