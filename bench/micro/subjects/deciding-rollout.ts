import type { Subject } from "../../harness/subject.ts";
import { decidingSubject } from "./deciding.ts";

const subject: Subject = decidingSubject("rollout", (core) => core.rollout({ ratio: 0.1, key: { header: "x-user" } }));

export default subject;
