import type { ValueType } from "../../model/metric-data.ts";

/** What an instrument is, by the names of the API. */
export type InstrumentKind =
  | "counter"
  | "up-down-counter"
  | "histogram"
  | "gauge"
  | "observable-counter"
  | "observable-up-down-counter"
  | "observable-gauge";

/** What was said of an instrument when it was made. */
export interface InstrumentDescriptor {
  readonly name: string;
  readonly kind: InstrumentKind;
  readonly description: string;
  readonly unit: string;
  readonly valueType: ValueType;
  /** Bounds of the buckets that its owner advises; undefined for none. */
  readonly boundaries: readonly number[] | undefined;
}

const maxDescription = 1_024;
const maxBoundaries = 1_000;

/** Source: OpenTelemetry specification, Metrics API, instrument name syntax. */
export function isInstrumentName(name: string): boolean {
  return /^[a-z][a-z0-9_.\-/]{0,254}$/i.test(name);
}

/** At most 63 ASCII characters. Source: OpenTelemetry specification, Metrics API, instrument unit. */
function isUnit(unit: unknown): unit is string {
  return typeof unit === "string" && unit.length <= 63 && /^[\x20-\x7e]*$/.test(unit);
}

/** What the options of the API say, each wrong part left out and told. Never throws. */
export function describeInstrument(
  kind: InstrumentKind,
  name: string,
  options: unknown,
  wrong: (part: string) => void,
): InstrumentDescriptor {
  const read = (part: string, holder: unknown = options): unknown => {
    try {
      return typeof holder === "object" && holder !== null ? Reflect.get(holder, part) : undefined;
    } catch {
      wrong(part);
      return undefined;
    }
  };
  const [description, unit] = [read("description"), read("unit")];
  if (unit !== undefined && unit !== null && !isUnit(unit)) wrong("unit");
  const advised = read("explicitBucketBoundaries", read("advice"));
  if (advised !== undefined && advised !== null && !isRising(advised)) wrong("advice.explicitBucketBoundaries");
  return {
    kind,
    name,
    description: typeof description === "string" ? description.slice(0, maxDescription) : "",
    unit: isUnit(unit) ? unit : "",
    // The API's `ValueType.INT`.
    valueType: read("valueType") === 0 ? "int" : "double",
    boundaries: isRising(advised) ? Object.freeze([...advised]) : undefined,
  };
}

function isRising(boundaries: unknown): boundaries is readonly number[] {
  return (
    Array.isArray(boundaries) &&
    boundaries.length <= maxBoundaries &&
    boundaries.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > boundaries[i - 1]))
  );
}
