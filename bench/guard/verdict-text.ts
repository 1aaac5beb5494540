import { estimate, number, table } from "../report/table.ts";
import type { GuardVerdict, RowVerdict } from "./decision.ts";

/** The table of a run, and under it what failed, in words. */
export function verdictText(verdict: GuardVerdict): string {
  const { bareMicros, floorMicros, control, rounds, rows } = verdict;
  const lines = rows.map(({ row, measured, recorded, allowed, outcome }) => [
    row,
    estimate(measured),
    number(recorded.value),
    number(allowed),
    outcome,
  ]);
  return [
    `${rounds} rounds; bare ${number(bareMicros)} µs a request, one floor ${number(floorMicros)} µs, bare against itself ${estimate(control)} floors`,
    table(["contestant", "× floor (95 %)", "recorded", "allowed", ""], lines),
    ...failures(verdict),
  ].join("\n");
}

function failures({ rows, control, isControlOff, floorMicros }: GuardVerdict): string[] {
  if (isControlOff)
    return [
      `NOT JUDGED: bare differs from itself by ${estimate(control)} floors. Run again when the machine is quieter.`,
    ];
  return rows.filter(({ outcome }) => outcome !== "holds").map((row) => failure(row, floorMicros));
}

function failure({ row, measured, recorded, allowed, outcome }: RowVerdict, floorMicros: number): string {
  if (outcome === "unclear")
    return `NOT JUDGED, ${row}: ${estimate(measured)} floors is too wide an interval. Run again when the machine is quieter.`;
  const micros = (measured.value - recorded.value) * floorMicros;
  return (
    `${row} grew from ${number(recorded.value)} to ${estimate(measured)} times the floor, above the ${number(allowed)} that are allowed: ` +
    `about ${number(micros)} µs a request more. If it is meant, record it: pnpm bench:guard --record`
  );
}
