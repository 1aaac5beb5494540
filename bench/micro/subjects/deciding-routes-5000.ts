import type { Subject } from "../../harness/subject.ts";
import { decidingSubject, manyRules } from "./deciding.ts";

const subject: Subject = decidingSubject("1,000 rules, 5,000 routes", (core) => manyRules(core, 1_000), 5_000);

export default subject;
