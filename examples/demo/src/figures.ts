/** `12,345` */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Seconds as milliseconds with as many digits as they deserve: `0.42 ms`, `12.3 ms`, `1,210 ms`. */
export function milliseconds(seconds: number): string {
  const ms = seconds * 1_000;
  if (Number.isNaN(ms)) return "–";
  if (ms >= 100) return whole(ms);
  return ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

/** `812 B`, `43.1 kB` (thousands, as networks count). */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  return value < 1_000_000 ? `${(value / 1_000).toFixed(1)} kB` : `${(value / 1_000_000).toFixed(1)} MB`;
}

/** `1 span`, `2 spans` */
export function plural(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}
