import type { Telemetry, TelemetryOptions } from "@gossamer/core/adapter";
import type { DynamicModule, InjectionToken, OptionalFactoryDependency, Type } from "@nestjs/common";
import type { NestRequest } from "./nest-request.ts";

/** What `forRootAsync` may be told: options, an engine, or nothing for that of the process. */
export type TelemetrySource<Request = NestRequest> = TelemetryOptions<Request> | Telemetry | undefined;

/** A provider that knows the options, for `useClass` and `useExisting`. */
export interface TelemetryOptionsFactory<Request = NestRequest> {
  createTelemetryOptions(): TelemetrySource<Request> | Promise<TelemetrySource<Request>>;
}

export interface TelemetryImports {
  /** Modules that provide what is injected. @default none */
  readonly imports?: readonly (Type<unknown> | DynamicModule | Promise<DynamicModule>)[];
}

export interface TelemetryFactoryOptions<
  Dependencies extends readonly unknown[],
  Request = NestRequest,
> extends TelemetryImports {
  /** What the factory is given, in its order. @default nothing */
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  /** Answers the options, or an engine, at once or later. */
  readonly useFactory: (...dependencies: Dependencies) => TelemetrySource<Request> | Promise<TelemetrySource<Request>>;
  readonly useClass?: never;
  readonly useExisting?: never;
}

export interface TelemetryClassOptions<Request = NestRequest> extends TelemetryImports {
  /** Made for this alone, with what `imports` provide injected. */
  readonly useClass: Type<TelemetryOptionsFactory<Request>>;
  readonly useFactory?: never;
  readonly useExisting?: never;
}

export interface TelemetryExistingOptions<Request = NestRequest> extends TelemetryImports {
  /** A provider that one of `imports` exports. */
  readonly useExisting: InjectionToken<TelemetryOptionsFactory<Request>>;
  readonly useFactory?: never;
  readonly useClass?: never;
}

/** How `forRootAsync` comes to its options: by one of `useFactory`, `useClass` and `useExisting`. */
export type TelemetryAsyncOptions<Dependencies extends readonly unknown[] = readonly never[], Request = NestRequest> =
  | TelemetryFactoryOptions<Dependencies, Request>
  | TelemetryClassOptions<Request>
  | TelemetryExistingOptions<Request>;
