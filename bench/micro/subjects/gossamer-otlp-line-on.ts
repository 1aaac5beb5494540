import type { Subject } from "../../harness/subject.ts";
import { gossamerOtlpLine } from "./gossamer-otlp-line.ts";

const subject: Subject = gossamerOtlpLine(true);

export default subject;
