import type { Subject } from "../../harness/subject.ts";
import { decidingSubject, manyRules } from "./deciding.ts";

const subject: Subject = decidingSubject("10 rules", (core) => manyRules(core, 10));

export default subject;
