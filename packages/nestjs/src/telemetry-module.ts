import {
  engineOf,
  OptionError,
  type Telemetry,
  type TelemetryEngine,
  type TelemetryOptions,
} from "@gossamer/core/adapter";
import {
  type DynamicModule,
  Inject,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  Optional,
  type Provider,
} from "@nestjs/common";
import { HttpAdapterHost, ModuleRef, ModulesContainer } from "@nestjs/core";
import { setActiveEngine } from "./active-engine.ts";
import { applicationConfigOf } from "./application-config.ts";
import type { NestRequest } from "./nest-request.ts";
import type { TelemetryAsyncOptions, TelemetryOptionsFactory, TelemetrySource } from "./telemetry-async-options.ts";
import { errorObserver } from "./error-observer.ts";
import { httpHandlers } from "./http-handlers.ts";
import { mount } from "./mount.ts";
import { prepareHandlers } from "./prepare-handlers.ts";
import { spanSteps } from "./step-spans.ts";
import { TelemetryService } from "./telemetry-service.ts";
import { TELEMETRY } from "./telemetry-token.ts";

/**
 * Observes every request of a Nest 12 or 11 application, on Express or on Fastify.
 *
 * Import it first in the root module: `imports: [TelemetryModule.forRoot({ serviceName: "shop" })]`. It is in place as soon as it is constructed,
 * before all that `main.ts` registers and before body parsers. {@link TelemetryService} can then be injected everywhere.
 */
@Module({})
export class TelemetryModule implements NestModule, OnApplicationShutdown {
  readonly #telemetry: TelemetryEngine;
  readonly #modules: ModulesContainer;
  readonly #moduleRef: ModuleRef;
  #isMounted = false;

  constructor(
    @Optional() @Inject(TELEMETRY) telemetry: TelemetryEngine | undefined,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(ModuleRef) moduleRef: ModuleRef,
  ) {
    if (telemetry === undefined) {
      throw new OptionError("imports", "TelemetryModule has no telemetry: import TelemetryModule.forRoot({ … }).", {
        code: "GSM_OPTION_TYPE",
      });
    }
    this.#telemetry = telemetry;
    this.#modules = modules;
    this.#moduleRef = moduleRef;
    setActiveEngine(telemetry);
    if (!telemetry.enabled) return;
    if (platformOf(host) !== undefined) this.#mount(host);
    // A testing module has its platform only once an application is made of it.
    else host.init$.subscribe(() => this.#mount(host));
  }

  /**
   * The telemetry of the process, started with these options, or what `createTelemetry` made.
   *
   * Wrong options are an `OptionError` when the application is created.
   */
  static forRoot<Request = NestRequest>(source?: TelemetryOptions<Request> | Telemetry): DynamicModule {
    return moduleWith({ provide: TELEMETRY, useFactory: () => engineFor(source, "TelemetryModule.forRoot") });
  }

  /**
   * As `forRoot`, with options that other providers give: `forRootAsync({ inject: [ConfigService], useFactory: (config) => ({ … }) })`, or a class with
   * `createTelemetryOptions()` by `useClass` or `useExisting`.
   */
  static forRootAsync<Dependencies extends readonly unknown[], Request = NestRequest>(
    options: TelemetryAsyncOptions<Dependencies, Request>,
  ): DynamicModule {
    // From JavaScript there may be none: then the error says what it needs.
    const given = Object(options) as typeof options;
    const { imports = [], useClass } = given;
    const { providers = [], ...module } = moduleWith(engineProvider(given));
    const own = useClass === undefined ? [] : [useClass];
    return { ...module, providers: [...own, ...providers], imports: [...imports] };
  }

  /** Called by Nest when `main.ts` has said all and before routes are made. Nothing is mounted here. */
  configure(): void {
    if (!this.#isMounted) return;
    this.#telemetry.guard(() => {
      const handlers = httpHandlers(this.#modules);
      prepareHandlers(handlers);
      const config = applicationConfigOf(this.#moduleRef);
      // Of what middleware throws only global filters learn.
      if (config?.getGlobalFilters().includes(errorObserver) === false) config.useGlobalFilters(errorObserver);
      if (this.#telemetry.internalSpans) {
        const globals: readonly object[] =
          config === undefined
            ? []
            : [...config.getGlobalGuards(), ...config.getGlobalInterceptors(), ...config.getGlobalPipes()];
        spanSteps(this.#modules, handlers, globals);
      }
    });
  }

  #mount(host: HttpAdapterHost): void {
    const platform = platformOf(host);
    if (platform === undefined || this.#isMounted) return;
    this.#isMounted = true;
    this.#telemetry.guard(() => mount(this.#telemetry, platform));
  }

  /** Called by Nest when the server has drained: sends what is left. */
  async onApplicationShutdown(): Promise<void> {
    await this.#telemetry.flush();
  }
}

/** An application without HTTP, such as a microservice or a script, has none. */
function platformOf({ httpAdapter }: HttpAdapterHost): HttpAdapterHost["httpAdapter"] | undefined {
  return typeof (httpAdapter as typeof httpAdapter | null | undefined)?.getType === "function"
    ? httpAdapter
    : undefined;
}

function engineProvider<Dependencies extends readonly unknown[], Request>(
  options: TelemetryAsyncOptions<Dependencies, Request>,
): Provider {
  if (options.useFactory !== undefined) {
    const { inject = [], useFactory } = options;
    return {
      provide: TELEMETRY,
      inject: [...inject],
      useFactory: async (...dependencies: unknown[]) =>
        engineFor(await useFactory(...(dependencies as unknown as Dependencies)), "TelemetryModule.forRootAsync"),
    };
  }
  const factory = options.useClass ?? options.useExisting;
  if (factory === undefined) {
    throw new OptionError("forRootAsync", "TelemetryModule.forRootAsync needs useFactory, useClass or useExisting.", {
      code: "GSM_OPTION_TYPE",
    });
  }
  return {
    provide: TELEMETRY,
    inject: [factory],
    useFactory: async (made: TelemetryOptionsFactory<Request>) =>
      engineFor(await made.createTelemetryOptions(), "TelemetryModule.forRootAsync"),
  };
}

function engineFor<Request>(source: TelemetrySource<Request>, calledAs: string): TelemetryEngine {
  return engineOf(source, engineFor, calledAs);
}

function moduleWith(engine: Provider): DynamicModule {
  return {
    module: TelemetryModule,
    global: true,
    providers: [engine, TelemetryService],
    exports: [TELEMETRY, TelemetryService],
  };
}
