import type { Subject } from "../../harness/subject.ts";
import { gossamerMixin } from "./gossamer-mixin.ts";

const subject: Subject = gossamerMixin(false);

export default subject;
