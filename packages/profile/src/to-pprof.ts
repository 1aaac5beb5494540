import { gzipSync } from "node:zlib";
import { Function, Line, Location, Profile, Sample, StringTable, ValueType } from "pprof-format";

/** Where code was, as V8 tells it. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** One stack with what was counted of it, innermost frame first. */
export interface CountedStack {
  readonly frames: readonly Frame[];
  readonly values: readonly number[];
}

/** What the values of a profile are: `["samples", "count"]`. */
export type ValueKind = readonly [type: string, unit: string];

export interface PprofParts {
  readonly kinds: readonly ValueKind[];
  readonly stacks: Iterable<CountedStack>;
  readonly periodKind: ValueKind;
  readonly period: number;
  readonly startedEpochMs: number;
  readonly durationMs: number;
}

/** A profile as pprof reads it: protobuf, compressed. */
export function toPprof({ kinds, stacks, periodKind, period, startedEpochMs, durationMs }: PprofParts): Buffer {
  const stringTable = new StringTable();
  const valueType = ([type, unit]: ValueKind): ValueType =>
    new ValueType({ type: stringTable.dedup(type), unit: stringTable.dedup(unit) });
  const functions = new Map<string, Function>();
  const locations = new Map<string, Location>();
  const locationOf = ({ functionName, url, lineNumber }: Frame): Location => {
    const name = functionName === "" ? "(anonymous)" : functionName;
    const functionKey = `${name}\n${url}`;
    const key = `${functionKey}\n${lineNumber}`;
    const known = locations.get(key);
    if (known !== undefined) return known;
    const called =
      functions.get(functionKey) ??
      new Function({
        id: functions.size + 1,
        name: stringTable.dedup(name),
        systemName: stringTable.dedup(name),
        filename: stringTable.dedup(url),
        startLine: lineNumber + 1,
      });
    functions.set(functionKey, called);
    const made = new Location({
      id: locations.size + 1,
      line: [new Line({ functionId: called.id, line: lineNumber + 1 })],
    });
    locations.set(key, made);
    return made;
  };
  const sample = [...stacks].map(
    ({ frames, values }) => new Sample({ locationId: frames.map((frame) => locationOf(frame).id), value: [...values] }),
  );
  const profile = new Profile({
    sampleType: kinds.map(valueType),
    sample,
    location: [...locations.values()],
    function: [...functions.values()],
    stringTable,
    timeNanos: BigInt(Math.round(startedEpochMs)) * 1_000_000n,
    durationNanos: BigInt(Math.round(durationMs)) * 1_000_000n,
    periodType: valueType(periodKind),
    period,
  });
  return gzipSync(profile.encode());
}
