import { mean, type Estimate } from "../statistics/bootstrap.ts";

/** Without that share of the lowest and of the highest values, in order. */
export function trimmed(values: readonly number[], share: number): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const off = Math.trunc(sorted.length * share);
  return sorted.slice(off, sorted.length - off);
}

/** The 97.5 % points of Student's t, from 1 degree of freedom on. */
const student = [
  ...[12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
];

/**
 * The mean without the outer values, with its 95 % interval after Yuen: Student's, of the winsorised spread.
 *
 * For a handful of rounds, where a bootstrap's interval is too narrow because it knows no more values than it was given.
 */
export function trimmedMean(values: readonly number[], share: number): Estimate {
  const inner = trimmed(values, share);
  const value = mean(inner);
  if (inner.length < 2) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const off = (values.length - inner.length) / 2;
  const winsorised = [
    ...Array.from({ length: off }, () => inner[0]!),
    ...inner,
    ...Array.from({ length: off }, () => inner.at(-1)!),
  ];
  const centre = mean(winsorised);
  const squares = winsorised.reduce((sum, each) => sum + (each - centre) ** 2, 0);
  const error = Math.sqrt(squares / (inner.length * (inner.length - 1)));
  const reach = error * (student[inner.length - 2] ?? 2);
  return { value, low: value - reach, high: value + reach };
}
