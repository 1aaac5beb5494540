import type { Subject } from "../../harness/subject.ts";
import { gossamerExchange } from "./gossamer-exchange.ts";

const subject: Subject = gossamerExchange(true);

export default subject;
