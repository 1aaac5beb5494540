// Numbers as people read them, with as many digits as tell something.

const wholeFormat = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const thin = "\u202f";

/** `12,345`; above a million `1.23 M`. */
export function whole(count: number): string {
  const size = Math.abs(count);
  if (size >= 1e9) return `${digits(count / 1e9)}${thin}G`;
  if (size >= 1e6) return `${digits(count / 1e6)}${thin}M`;
  return wholeFormat.format(count);
}

/** A number and its noun: `1 span`, `3 spans`. */
export function plural(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Three digits that count: `0.123`, `12.3`, `1,234`. */
export function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return wholeFormat.format(value);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return size === 0 ? "0" : String(Number(value.toPrecision(2)));
}

/** A value and its unit, apart, for those who set them apart. */
export interface Measured {
  readonly value: string;
  readonly unit: string;
}

export function durationParts(ms: number | undefined): Measured {
  if (ms === undefined) return { value: "–", unit: "" };
  if (ms < 1) return { value: threeDigits(ms * 1_000), unit: "µs" };
  if (ms < 1_000) return { value: threeDigits(ms), unit: "ms" };
  if (ms < 60_000) return { value: threeDigits(ms / 1_000), unit: "s" };
  if (ms < 3_600_000) return { value: threeDigits(ms / 60_000), unit: "min" };
  return { value: threeDigits(ms / 3_600_000), unit: "h" };
}

/** `1.00`, `12.0`, `123`: as many for each, so that a column of them can be compared at a glance. */
function threeDigits(value: number): string {
  if (value >= 99.95) return wholeFormat.format(value);
  return value === 0 || (value < 1 && value > 0) ? digits(value) : value.toFixed(value >= 9.995 ? 1 : 2);
}

/** `5 ms`, `2.5 s`: of round numbers, as on an axis. */
export function roundDuration(ms: number): string {
  const { value, unit } = durationParts(ms);
  return `${Number(value.replaceAll(",", ""))} ${unit}`;
}

/** `870 µs`, `12.3 ms`, `1.20 s`. */
export function duration(ms: number | undefined): string {
  const { value, unit } = durationParts(ms);
  return unit === "" ? value : `${value} ${unit}`;
}

export function micros(us: number | undefined): string {
  return us === undefined ? "–" : duration(us / 1_000);
}

/** A share from 0 to 1: `12.5 %`. */
export function percent(share: number | undefined): string {
  if (share === undefined || Number.isNaN(share)) return "–";
  const value = share * 100;
  if (value === 0) return "0 %";
  if (value < 0.01) return "< 0.01 %";
  if (value < 1) return `${value.toFixed(2)} %`;
  return `${Number.isInteger(value) || value >= 99.95 ? Math.round(value) : value.toFixed(1)} %`;
}

export function rate(perSecond: number): string {
  if (perSecond === 0) return "0";
  if (perSecond < 0.1) return "< 0.1";
  return perSecond < 10 ? perSecond.toFixed(1) : whole(perSecond);
}

export function bytes(count: number): string {
  if (count < 1_024) return `${whole(count)} B`;
  if (count < 1_024 ** 2) return `${digits(count / 1_024)} KiB`;
  if (count < 1_024 ** 3) return `${digits(count / 1_024 ** 2)} MiB`;
  return `${digits(count / 1_024 ** 3)} GiB`;
}

const pad = (value: number, length = 2): string => String(value).padStart(length, "0");

/** `14:03:27.123` */
export function clockTime(at: number, withMs = true): string {
  const date = new Date(at);
  const seconds = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return withMs ? `${seconds}.${pad(date.getMilliseconds(), 3)}` : seconds;
}

/** `just now`, `42 s ago`, `3 min ago`. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  if (seconds < 3) return "just now";
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3_600)} h ago`;
}

/** `up 3 min` from the two moments. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
