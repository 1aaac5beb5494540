import type { AttributeFilter } from "@gossamer/core";
import type { Subject } from "../../harness/subject.ts";
import { gossamerSpan } from "./gossamer-span.ts";

const filters: readonly AttributeFilter[] = Array.from({ length: 20 }, (_, i) => ({
  remove: i % 2 === 0 ? `app.secret.${i}` : `*.internal.${i}.*`,
}));

const subject: Subject = gossamerSpan(8, {
  suffix: ", 20 filters that fit none",
  options: { attributeFilters: filters, redactAttributes: ["*.mail", "user.phone"], environment: "production" },
});

export default subject;
