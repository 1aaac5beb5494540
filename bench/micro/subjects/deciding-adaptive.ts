import type { Subject } from "../../harness/subject.ts";
import { decidingSubject } from "./deciding.ts";

const subject: Subject = decidingSubject("adaptive", (core) => core.adaptive({ targetPerSecond: 100 }));

export default subject;
