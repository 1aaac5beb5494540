import type { Subject } from "../../harness/subject.ts";
import { openTelemetryMetrics } from "./user-metrics.ts";

const subject: Subject = openTelemetryMetrics("histogram");

export default subject;
