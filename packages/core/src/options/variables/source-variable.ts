import type { VariableReading } from "./variable-reading.ts";

/** The variable that says where a value comes from: its own, or the one that names the file which took its place. */
export function sourceVariable<Name extends string>(
  { file }: Pick<VariableReading, "file">,
  variable: Name,
): Name | "OTEL_CONFIG_FILE" {
  return file === "none" ? variable : "OTEL_CONFIG_FILE";
}
