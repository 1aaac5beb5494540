import type { Subject } from "../../harness/subject.ts";
import { gossamerMetrics } from "./user-metrics.ts";

const subject: Subject = gossamerMetrics("histogram");

export default subject;
