import type { LogEntry, PageLevel } from "../../../src/protocol.ts";
import { valueText } from "../../format/values.ts";

export const levels: readonly PageLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];

export interface LineFilter {
  readonly text: string | undefined;
  readonly level: string | undefined;
  readonly service: string | undefined;
  readonly traceId: string | undefined;
}

/** As the server does it, for those that come while the page is open. */
export function isWanted(line: LogEntry, { text = "", level = "", service = "", traceId = "" }: LineFilter): boolean {
  if (level !== "" && levels.indexOf(line.level) < levels.findIndex((known) => known === level)) return false;
  if (service !== "" && line.service !== service) return false;
  if (traceId !== "" && line.traceId !== traceId) return false;
  if (text === "") return true;
  const all = `${line.message} ${Object.entries(line.attributes)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(" ")}`;
  return all.toLowerCase().includes(text.toLowerCase());
}
