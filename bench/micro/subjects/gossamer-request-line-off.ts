import type { Subject } from "../../harness/subject.ts";
import { gossamerRequestLine } from "./gossamer-request-line.ts";

const subject: Subject = gossamerRequestLine(false);

export default subject;
