import type { Subject } from "../../harness/subject.ts";
import { allocationsSubject } from "./allocations.ts";

const subject: Subject = allocationsSubject(1_000);

export default subject;
