import type { ExportStatus } from "../pipeline/export-status.ts";

/** What happened to spans since the look before, in one line; undefined when nothing did. */
export function summaryLine(before: ExportStatus, now: ExportStatus): string | undefined {
  const exported = now.exported - before.exported;
  const dropped = now.dropped - before.dropped;
  const waiting = now.queued + now.inFlight + now.writing;
  if (exported + dropped + waiting + now.spooled + now.accepted - before.accepted === 0) return undefined;
  const parts = [`${exported} spans exported`, `${waiting} waiting`];
  if (now.spooled > 0) parts.push(`${now.spooled} in the fallback`);
  if (dropped > 0) parts.push(`${dropped} dropped (${reasons(before.drops, now.drops)})`);
  const failed = now.failedTries - before.failedTries;
  if (failed > 0) parts.push(`${failed} attempts failed`);
  const breakers = now.exporters.filter(({ breaker }) => breaker !== "closed");
  for (const { name, breaker } of breakers) parts.push(`breaker of ${name} ${breaker}`);
  return `${parts.join(", ")}; ${Math.round(now.heldBytes / 1024)} KiB in memory`;
}

function reasons(before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): string {
  return Object.entries(now)
    .filter(([reason, count]) => count > (before[reason] ?? 0))
    .map(([reason, count]) => `${reason} ${count - (before[reason] ?? 0)}`)
    .join(", ");
}
