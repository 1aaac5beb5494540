import type { Subject } from "../../harness/subject.ts";
import { decidingSubject } from "./deciding.ts";

const subject: Subject = decidingSubject("tiered", (core) => core.tiered());

export default subject;
