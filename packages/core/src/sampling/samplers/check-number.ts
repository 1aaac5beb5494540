/** Throws a TypeError for what is no number, a RangeError for one outside of the bounds, both included. */
export function checkNumber(name: string, value: unknown, min: number, max: number = Number.MAX_VALUE): void {
  const expected = `${name} must be a number ${max === Number.MAX_VALUE ? `of at least ${min}` : `from ${min} to ${max}`}`;
  if (typeof value !== "number") throw new TypeError(`${expected}, got '${String(value)}'.`);
  if (!(value >= min && value <= max)) throw new RangeError(`${expected}, got ${value}.`);
}
