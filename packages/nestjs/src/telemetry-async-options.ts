import type { Telemetry, TelemetryOptions } from "@gossamer/core/adapter";
import type { DynamicModule, InjectionToken, OptionalFactoryDependency, Type } from "@nestjs/common";

/** How `forRootAsync` comes to its options. */
export interface TelemetryAsyncOptions<Dependencies extends readonly unknown[] = readonly never[]> {
  /** Modules that provide what is injected. @default none */
  readonly imports?: readonly (Type<unknown> | DynamicModule | Promise<DynamicModule>)[];
  /** What the factory is given, in its order. @default nothing */
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  /** Answers the options, or an engine, at once or later. */
  readonly useFactory: (
    ...dependencies: Dependencies
  ) => TelemetryOptions | Telemetry | undefined | Promise<TelemetryOptions | Telemetry | undefined>;
}
