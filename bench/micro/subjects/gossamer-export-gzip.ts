import type { Subject } from "../../harness/subject.ts";
import { gossamerExport } from "./gossamer-export.ts";

const subject: Subject = gossamerExport("gzip");

export default subject;
