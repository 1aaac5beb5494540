/** How much a log line matters, least first. */
export type LogLevel = (typeof logLevels)[number];

/** All levels, least first. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
