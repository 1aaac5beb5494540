/** Under this token the engine can be injected: `@Inject(TELEMETRY) telemetry: TelemetryEngine`. */
export const TELEMETRY: unique symbol = Symbol("gossamer telemetry");
