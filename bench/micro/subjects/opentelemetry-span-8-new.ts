import type { Subject } from "../../harness/subject.ts";
import { openTelemetrySpan } from "./opentelemetry-span.ts";

const subject: Subject = openTelemetrySpan("8 new");

export default subject;
