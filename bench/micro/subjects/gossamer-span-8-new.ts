import type { Subject } from "../../harness/subject.ts";
import { gossamerSpan } from "./gossamer-span.ts";

const subject: Subject = gossamerSpan("8 new");

export default subject;
