import type { Subject } from "../../harness/subject.ts";
import { gossamerMetrics } from "./user-metrics.ts";

const subject: Subject = gossamerMetrics("bound histogram");

export default subject;
