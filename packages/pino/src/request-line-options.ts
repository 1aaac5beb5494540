import type { FieldNames } from "./fields/field-style.ts";

export interface RequestLineOptions {
  /** Whose names the fields have. @default "opentelemetry" */
  readonly fields?: FieldNames;
  /** Whether lines carry the path that the client asked for, without its query. It may hold names, numbers or secrets. @default false */
  readonly path?: boolean;
}
