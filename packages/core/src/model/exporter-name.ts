/** Exporters that are built in; `none` is none. */
export type ExporterName = "otlp" | "console" | "none";
