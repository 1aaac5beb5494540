import { mean } from "../statistics/bootstrap.ts";
import { floorsARequest, type GuardName, rowNames, type RowName } from "./guard-names.ts";
import { trimmed } from "./trimmed-mean.ts";

/** CPU microseconds a request, slice by slice, of the contestants of one round. */
export type RoundSlices = ReadonlyMap<GuardName, readonly number[]>;

/** What one round says. */
export interface RoundCosts {
  readonly bareMicros: number;
  readonly floorMicros: number;
  /** What bare again seems to add to bare, in floors. */
  readonly control: number;
  /** Added cost in floors. */
  readonly multiples: Readonly<Record<RowName, number>>;
}

/** Slices at either end that count for nothing: those that met a neighbour. */
const sliceTrim = 0.25;

/**
 * Reads one round: each slice is compared with the two bare ones of its own turn, so that what lasts longer than a turn falls out, and all is
 * told in floors of the same round, so that the speed of the machine falls out.
 */
export function roundCosts(slices: RoundSlices): RoundCosts {
  const of = (name: GuardName): readonly number[] => slices.get(name) ?? [];
  const bare = of("bare").map((cost, slice) => (cost + of("bare-again")[slice]!) / 2);
  const added = (name: GuardName, to: readonly number[]): number =>
    mean(
      trimmed(
        of(name).map((cost, slice) => cost - to[slice]!),
        sliceTrim,
      ),
    );
  const floorMicros = added("floors", bare) / floorsARequest;
  return {
    bareMicros: mean(trimmed(bare, sliceTrim)),
    floorMicros,
    control: added("bare-again", of("bare")) / floorMicros,
    multiples: Object.fromEntries(rowNames.map((name) => [name, added(name, bare) / floorMicros])) as Record<
      RowName,
      number
    >,
  };
}
