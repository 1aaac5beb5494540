/** Longer ones are nobody's who scrapes. */
const maxLength = 1_024;

/**
 * Whether an `Accept` header asks for the OpenMetrics text, and for nothing that we have rather than that. What takes any text is answered with the
 * older one, which everybody reads.
 *
 * Source: RFC 9110, 12.5.1
 */
export function wantsOpenMetrics(accept: unknown): boolean {
  if (typeof accept !== "string" || accept.length > maxLength) return false;
  let open = 0;
  let plain = 0;
  for (const range of accept.toLowerCase().split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const quality = qualityOf(parameters);
    if (type === "application/openmetrics-text") open = Math.max(open, quality);
    else if (type === "text/plain" || type === "text/*") plain = Math.max(plain, quality);
  }
  return open > 0 && open >= plain;
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith("q="));
  if (given === undefined) return 1;
  const quality = Number(given.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}
