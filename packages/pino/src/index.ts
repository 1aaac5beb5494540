export { createLogger, type LoggerOptions } from "./create-logger.ts";
export type { DestinationOptions, Transport } from "./destination.ts";
export type { FieldNames } from "./fields/field-style.ts";
export type { LevelSignal } from "./level-signal.ts";
export { type Level, type LevelChange, type LevelScope, type LogLevels, logLevels } from "./log-levels.ts";
export { loggerService, type NestLoggerService } from "./logger-service.ts";
export type { TraceFlagsOption } from "./ids/active-ids.ts";
export { mixin, type MixinOptions, type PinoMixin } from "./mixin.ts";
export { requestLines, type RequestLineOptions } from "./request-lines.ts";
