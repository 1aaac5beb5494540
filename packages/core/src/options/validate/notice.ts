import type { CodeOf } from "../../model/codes.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";

/** A line for the operator that came up while the options were read; said once the diagnostics are there. */
export type Notice =
  | { readonly level: "info"; readonly code: CodeOf<"info">; readonly line: string }
  | { readonly level: "warn"; readonly code: CodeOf<"warn">; readonly line: string };

/** Says what came up. */
export function sayNotice(notice: Notice, diagnostics: Diagnostics): void {
  if (notice.level === "warn") diagnostics.warn(notice.line, notice.code);
  else diagnostics.info(notice.line, notice.code);
}
