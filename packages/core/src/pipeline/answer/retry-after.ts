/** The longest pause a collector can ask for: 5 minutes. */
export const maxRetryAfterMs = 300_000;

/**
 * How long a `Retry-After` header asks to wait, at most {@link maxRetryAfterMs}; undefined when it is absent or neither seconds nor a date
 * (RFC 9110, 10.2.3). `nowEpochMs` is the wall clock.
 */
export function retryAfterMs(header: string | undefined, nowEpochMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(maxRetryAfterMs, Number(text) * 1000);
  // Dates begin with a weekday; anything else that Date.parse would guess at is no answer.
  const dateMs = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(dateMs)) return undefined;
  return Math.min(maxRetryAfterMs, Math.max(0, dateMs - nowEpochMs));
}
