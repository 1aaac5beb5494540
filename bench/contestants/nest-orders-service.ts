import type { Server } from "node:http";
import { createRequire, registerHooks } from "node:module";
import type { TelemetryEngine } from "@gossamer/core";

export type NestPlatform = "express" | "fastify";

type Decorator = (target: object, key?: string, descriptor?: unknown) => unknown;

// What of Nest is used here. Its own types are where Nest is: in the workspace, out of reach of this root's compiler.
interface Nest {
  readonly common: Readonly<
    Record<"Controller" | "Get" | "Header" | "Module", (given?: unknown, value?: string) => Decorator>
  > & {
    Param(name: string): (target: object, key: string, index: number) => void;
    Catch(): Decorator;
  };
  readonly core: {
    readonly NestFactory: {
      create(
        module: unknown,
        adapter: unknown,
        options: object,
      ): Promise<{
        useGlobalFilters(filter: object): unknown;
        init(): Promise<unknown>;
        getHttpServer(): Server;
        getHttpAdapter(): { getInstance(): { ready?(): Promise<unknown> } };
      }>;
    };
  };
}

/** 12 is what the workspace has, where our package finds it; 11 is what OpenTelemetry's instrumentation can patch, and stands here. */
export type NestVersion = 11 | 12;

const workspace = new URL("../../test/package.json", import.meta.url).href;
const ourPackage = new URL("../../packages/nestjs/", import.meta.url).href;

/** The orders service on Nest: the same header, a controller with a route that answers JSON, and one that throws. Nest 11 stands on Express alone. */
export async function createNestOrdersService(
  version: NestVersion,
  platform: NestPlatform,
  engine?: TelemetryEngine,
): Promise<Server> {
  // One copy of Nest must stand under the service and under our package, and a linked package takes that of the workspace.
  const home = version === 12 ? workspace : import.meta.url;
  if (version === 11) handToOurPackage(home);
  const require = createRequire(home);
  require("reflect-metadata");
  const nest: Nest = { common: require("@nestjs/common"), core: require("@nestjs/core") };
  const root = rootModule(nest, engine === undefined ? [] : [await telemetryModule(engine)]);
  const adapter = adapterOf(platform, require);
  const app = await nest.core.NestFactory.create(root, adapter, { logger: false, abortOnError: false });
  app.useGlobalFilters(errorFilter(nest));
  await app.init();
  await app.getHttpAdapter().getInstance().ready?.();
  return app.getHttpServer();
}

/** Whatever of Nest our package asks for is found where `home` is, as it would be were the package installed there. */
function handToOurPackage(home: string): void {
  registerHooks({
    resolve(specifier, context, next) {
      const isNest = /^(@nestjs\/|rxjs|reflect-metadata)/.test(specifier);
      if (!isNest || context.parentURL?.startsWith(ourPackage) !== true) return next(specifier, context);
      return next(specifier, { ...context, parentURL: home });
    },
  });
}

async function telemetryModule(engine: TelemetryEngine): Promise<unknown> {
  const { TelemetryModule } = (await import(new URL("dist/bundle.js", ourPackage).href)) as {
    TelemetryModule: { forRoot(engine: TelemetryEngine): unknown };
  };
  return TelemetryModule.forRoot(engine);
}

function adapterOf(platform: NestPlatform, require: NodeJS.Require): unknown {
  if (platform === "express") {
    const { ExpressAdapter } = require("@nestjs/platform-express") as { ExpressAdapter: new () => unknown };
    return new ExpressAdapter();
  }
  const { FastifyAdapter } = require("@nestjs/platform-fastify") as { FastifyAdapter: new () => unknown };
  return new FastifyAdapter();
}

function rootModule({ common }: Nest, imports: unknown[]): unknown {
  class OrdersController {
    order(id: string): object {
      return {
        id,
        state: "shipped",
        items: [
          { sku: "A-17", count: 2 },
          { sku: "B-4", count: 1 },
        ],
        total: 59.9,
      };
    }
    refund(): never {
      throw new Error("the payment service refused");
    }
  }
  const { prototype } = OrdersController;
  const put = (decorator: Decorator, key: string): void =>
    void decorator(prototype, key, Object.getOwnPropertyDescriptor(prototype, key));
  common.Param("id")(prototype, "order", 0);
  put(common.Get(":id"), "order");
  put(common.Header("cache-control", "no-store"), "order");
  put(common.Get(":id/refund"), "refund");
  common.Controller("orders")(OrdersController);
  class OrdersModule {}
  common.Module({ imports, controllers: [OrdersController] })(OrdersModule);
  return OrdersModule;
}

function errorFilter({ common }: Nest): object {
  class ErrorFilter {
    catch(error: Error, host: { switchToHttp(): { getResponse(): unknown } }): void {
      const response = host.switchToHttp().getResponse() as { status(code: number): { send(body: object): void } };
      response.status(500).send({ error: error.message });
    }
  }
  common.Catch()(ErrorFilter);
  return new ErrorFilter();
}
