/** A line for the operator that came up while the options were read; said once the diagnostics are there. */
export interface Notice {
  readonly level: "info" | "warn";
  readonly line: string;
}
