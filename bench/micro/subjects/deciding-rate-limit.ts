import type { Subject } from "../../harness/subject.ts";
import { decidingSubject } from "./deciding.ts";

const subject: Subject = decidingSubject("rateLimit", (core) => core.rateLimit({ perSecond: 100 }));

export default subject;
