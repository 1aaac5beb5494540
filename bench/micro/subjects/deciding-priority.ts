import type { Subject } from "../../harness/subject.ts";
import { decidingSubject } from "./deciding.ts";

const subject: Subject = decidingSubject("priority", (core) => core.priority({ from: { header: "x-priority" } }));

export default subject;
