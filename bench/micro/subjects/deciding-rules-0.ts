import type { Subject } from "../../harness/subject.ts";
import { decidingSubject, manyRules } from "./deciding.ts";

const subject: Subject = decidingSubject("no rules: a ratio", (core) => manyRules(core, 0));

export default subject;
