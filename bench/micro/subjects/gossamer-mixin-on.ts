import type { Subject } from "../../harness/subject.ts";
import { gossamerMixin } from "./gossamer-mixin.ts";

const subject: Subject = gossamerMixin(true);

export default subject;
