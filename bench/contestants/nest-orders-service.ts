import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { Telemetry } from "@gossamer/core";

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

// One copy of Nest must stand under the service and under our package, and a linked package takes that of the workspace.
const require = createRequire(new URL("../../test/package.json", import.meta.url));

/** The orders service on Nest 12: the same header, a controller with a route that answers JSON, and one that throws. */
export async function createNestOrdersService(platform: NestPlatform, engine?: Telemetry): Promise<Server> {
  require("reflect-metadata");
  const nest: Nest = { common: require("@nestjs/common"), core: require("@nestjs/core") };
  const root = rootModule(nest, engine === undefined ? [] : [telemetryModule(engine)]);
  const app = await nest.core.NestFactory.create(root, adapterOf(platform), { logger: false, abortOnError: false });
  app.useGlobalFilters(errorFilter(nest));
  await app.init();
  await app.getHttpAdapter().getInstance().ready?.();
  return app.getHttpServer();
}

function telemetryModule(engine: Telemetry): unknown {
  const { TelemetryModule } = require("@gossamer/nestjs") as {
    TelemetryModule: { forRoot(engine: Telemetry): unknown };
  };
  return TelemetryModule.forRoot(engine);
}

function adapterOf(platform: NestPlatform): unknown {
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
