import type { LogEntry } from "../../src/protocol.ts";
import { valueText } from "./values.ts";

const maxFields = 4;
const maxValueChars = 40;

/** What of a line's fields tells most in little room: what the message does not say already. */
export function preview({ message, attributes }: Pick<LogEntry, "message" | "attributes">): string {
  return Object.entries(attributes)
    .map(([name, value]) => [name, valueText(value)] as const)
    .filter(([name, value]) => name !== "trace_flags" && value !== "" && !message.includes(value))
    .slice(0, maxFields)
    .map(([name, value]) => `${name}=${value.slice(0, maxValueChars)}`)
    .join(" ");
}
