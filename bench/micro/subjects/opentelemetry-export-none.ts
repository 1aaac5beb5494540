import type { Subject } from "../../harness/subject.ts";
import { openTelemetryExport } from "./opentelemetry-export.ts";

const subject: Subject = openTelemetryExport("none");

export default subject;
