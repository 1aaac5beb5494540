import type { Subject } from "../../harness/subject.ts";
import { attributesThrough } from "./attributes-through.ts";

const subject: Subject = attributesThrough("8 attributes copied without limits", () => (list, attributes) => {
  for (const key in attributes) list.push(key, attributes[key] as string);
});

export default subject;
