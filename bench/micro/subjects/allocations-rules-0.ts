import type { Subject } from "../../harness/subject.ts";
import { allocationsSubject } from "./allocations.ts";

const subject: Subject = allocationsSubject(0);

export default subject;
