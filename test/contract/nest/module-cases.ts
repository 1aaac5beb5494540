import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import type { ContractCase } from "@gossamer/testing/contract";
import type { ArgumentsHost, CallHandler } from "@nestjs/common";
import type { FastifyInstance } from "fastify";
import { lastValueFrom } from "rxjs";
import { decorate } from "./decorate.ts";
import type { NestModules } from "./nest-modules.ts";
import { rootModule, withNest, withPlainNest } from "./with-nest.ts";

/** How the module is set up, what else an application may be, and how it ends. */
export function nestModuleCases(nest: NestModules): ContractCase[] {
  const { common, core, gossamer, microservices, platform, testing } = nest;
  const { Controller, Get, Param } = common;
  const { TELEMETRY, TelemetryModule, TelemetryService } = gossamer;

  class Hello {
    hello(name: unknown): string {
      return `hello ${String(name)}`;
    }
  }
  const hello = decorate(Hello, [Controller("hello")], { hello: [Get(":name")] }, { hello: [Param("name")] });
  const controllers = [hello];

  return [
    {
      title: "forRoot without an engine uses the engine of the process (R-A3, R-I10)",
      run: (world) =>
        withPlainNest(nest, { imports: [TelemetryModule.forRoot()], controllers }, async (app) => {
          assert.equal(app.app.get(TelemetryService).sampling, world.telemetry.sampling);
          await app.get("/hello/1");
          assert.equal((await world.settle(1)).requests[0]?.name, "GET /hello/:name");
        }),
    },
    {
      title: "explain describes the current request by the route it matched (R-S4)",
      run: (world) => {
        const asked: unknown[] = [];
        class Why {
          why(request: { url: string; headers: Record<string, string> }): string {
            asked.push(world.telemetry.explain(request));
            return "why";
          }
        }
        decorate(
          Why,
          [Controller("why")],
          { why: [Get(":id"), gossamer.RouteTelemetry({ ratio: 0.25 })] },
          { why: [common.Req()] },
        );
        return withPlainNest(
          nest,
          { imports: [TelemetryModule.forRoot(world.telemetry)], controllers: [Why] },
          async (app) => {
            await app.get("/why/7");
            const [{ decidedBy, ratio } = {}] = asked as { decidedBy?: string; ratio?: number }[];
            assert.deepEqual([decidedBy, ratio], ["route", 0.25]);
          },
        );
      },
    },
    {
      title: "forRootAsync takes options from other providers, synchronously or not (R-A3)",
      async run(world) {
        class ConfigModule {}
        const config = { provide: "CONFIG", useFactory: () => Promise.resolve({ telemetry: world.telemetry }) };
        common.Module({ providers: [config], exports: ["CONFIG"] })(ConfigModule);
        const module = TelemetryModule.forRootAsync({
          imports: [ConfigModule],
          inject: ["CONFIG"],
          useFactory: async (given: { telemetry: typeof world.telemetry }) => Promise.resolve(given.telemetry),
        });
        await withPlainNest(nest, { imports: [module], controllers }, async (app) => {
          assert.equal(app.app.get(TELEMETRY), world.telemetry);
          await app.get("/hello/1");
          assert.equal((await world.settle(1)).requests[0]?.name, "GET /hello/:name");
        });
      },
    },
    {
      title:
        "forRootAsync takes a class that creates the options, a new or an existing provider, with its dependencies (R-A3)",
      async run(world) {
        class OptionsFactory {
          readonly #given: { telemetry: typeof world.telemetry };

          constructor(given: { telemetry: typeof world.telemetry }) {
            this.#given = given;
          }

          createTelemetryOptions(): Promise<typeof world.telemetry> {
            return Promise.resolve(this.#given.telemetry);
          }
        }
        class ConfigModule {}
        common.Inject("CONFIG")(OptionsFactory, undefined, 0);
        common.Injectable()(OptionsFactory);
        const config = { provide: "CONFIG", useFactory: () => Promise.resolve({ telemetry: world.telemetry }) };
        common.Module({ providers: [config, OptionsFactory], exports: ["CONFIG", OptionsFactory] })(ConfigModule);
        for (const module of [
          TelemetryModule.forRootAsync({ imports: [ConfigModule], useClass: OptionsFactory }),
          TelemetryModule.forRootAsync({ imports: [ConfigModule], useExisting: OptionsFactory }),
        ]) {
          await withPlainNest(nest, { imports: [module], controllers }, async (app) => {
            assert.equal(app.app.get(TELEMETRY), world.telemetry);
            await app.get("/hello/1");
          });
        }
        assert.deepEqual(
          (await world.settle(2)).requests.map(({ name }) => name),
          ["GET /hello/:name", "GET /hello/:name"],
        );
        assert.throws(() => TelemetryModule.forRootAsync({} as never), /useFactory, useClass or useExisting/);
      },
    },
    {
      title: "wrong options throw when the application is created (R-A3, R-C3)",
      async run() {
        const { resetTelemetry } = await import("@gossamer/core");
        await resetTelemetry();
        const module = TelemetryModule.forRoot({ sampleRato: 1 } as never);
        await assert.rejects(
          withPlainNest(nest, { imports: [module], controllers }, async () => {}),
          /Unknown option "sampleRato"\. Did you mean "sampleRatio"\?/,
        );
      },
    },
    {
      title: "a request gets one record even if the module is imported twice (R-A3)",
      run: (world) =>
        withNest(nest, world, { imports: [TelemetryModule.forRoot(world.telemetry)], controllers }, async (app) => {
          await app.get("/hello/1");
          assert.equal((await world.settle(1)).requests.length, 1);
        }),
    },
    {
      title: "closing the application sends the remaining telemetry after its last request was answered (R-A3, R-P9)",
      async run(world) {
        let answered: Promise<unknown> | undefined;
        let entered!: () => void;
        const inside = new Promise<void>((resolve) => {
          entered = resolve;
        });
        class Slow {
          async slow(): Promise<string> {
            entered();
            await new Promise((resolve) => setTimeout(resolve, 20));
            return "done";
          }
        }
        const slow = decorate(Slow, [Controller("slow")], { slow: [Get()] });
        await withNest(nest, world, { controllers: [slow] }, async (app) => {
          answered = app.send({ path: "/slow", headers: { connection: "close" } });
          await inside;
        });
        assert.equal(((await answered) as { body: string }).body, "done");
        assert.deepEqual(
          world.receiver.spans.map(({ name }) => name),
          ["GET /slow"],
        );
      },
    },
    {
      title: "with telemetry switched off, nothing is mounted and decorators change nothing (R-A3, R-I7)",
      telemetry: { enabled: false },
      async run(world) {
        class Off {
          off(span: unknown): string {
            return String(span);
          }
        }
        const off = decorate(
          Off,
          [Controller("off"), gossamer.Traceable()],
          { off: [Get(), gossamer.Sampled(1)] },
          { off: [gossamer.CurrentSpan()] },
        );
        await withNest(nest, world, { controllers: [off] }, async (app) => {
          assert.equal((await app.get("/off")).body, "undefined");
          await world.telemetry.flush();
          assert.equal(world.receiver.spans.length, 0);
        });
      },
    },
    {
      title: "TelemetryModule imported without forRoot() is an OptionError at start that says what to write (R-C3)",
      async run() {
        const root = rootModule(nest, { imports: [TelemetryModule] });
        const options = { logger: false, abortOnError: false } as const;
        await assert.rejects(core.NestFactory.create(root, platform.adapter(), options), {
          name: "OptionError",
          message: "TelemetryModule has no telemetry: import TelemetryModule.forRoot({ … }).",
        });
      },
    },
    {
      title: "forRootAsync() without a way to get options is an OptionError that lists the ways (R-C3)",
      run() {
        const forRootAsync = (options?: object): unknown => TelemetryModule.forRootAsync(options as never);
        for (const options of [undefined, {}]) {
          assert.throws(() => forRootAsync(options), {
            name: "OptionError",
            message: "TelemetryModule.forRootAsync needs useFactory, useClass or useExisting.",
          });
        }
        return Promise.resolve();
      },
    },
    {
      title: "an application without HTTP can use the module and its services (R-A3)",
      async run(world) {
        const root = rootModule(nest, { imports: [TelemetryModule.forRoot(world.telemetry)] });
        const app = await core.NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
        app.get(TelemetryService).span("job", () => {});
        await app.close();
        assert.deepEqual(
          world.receiver.spans.map(({ name }) => name),
          ["job"],
        );
      },
    },
    {
      title: "an application created from a testing module is observed like any other (R-A3, R-A6)",
      async run(world) {
        const imports = [TelemetryModule.forRoot(world.telemetry)];
        const made = await testing.Test.createTestingModule({ imports, controllers }).compile();
        const app = made.createNestApplication(platform.adapter(), { logger: false });
        try {
          await app.listen(0, "127.0.0.1");
          await fetch(`${await app.getUrl()}/hello/1`);
          assert.equal((await world.settle(1)).requests[0]?.name, "GET /hello/:name");
        } finally {
          await app.close();
        }
      },
    },
    {
      title: "a hybrid application answers requests and messages; messages are not traced (R-A3)",
      async run(world) {
        const { ClientProxyFactory, MessagePattern, Payload, Transport } = microservices;
        class Both {
          hello(): string {
            return "over http";
          }
          sum(numbers: number[]): number {
            return numbers.reduce((a, b) => a + b, 0);
          }
          fail(): never {
            throw new Error("over tcp");
          }
        }
        const both = decorate(
          Both,
          [Controller("both")],
          { hello: [Get()], sum: [MessagePattern("sum")], fail: [MessagePattern("fail")] },
          { sum: [Payload()] },
        );
        await withNest(
          nest,
          world,
          {
            controllers: [both],
            main: async (app) => {
              app.connectMicroservice(
                { transport: Transport.TCP, options: { host: "127.0.0.1", port: 0 } },
                { inheritAppConfig: true },
              );
              await app.startAllMicroservices();
            },
          },
          async ({ app, get }) => {
            const server = app.getMicroservices()[0]?.unwrap<Server>() ?? assert.fail();
            if (!server.listening) await once(server, "listening");
            const { port } = server.address() as AddressInfo;
            const client = ClientProxyFactory.create({
              transport: Transport.TCP,
              options: { host: "127.0.0.1", port },
            });
            try {
              assert.equal(await lastValueFrom(client.send<number>("sum", [1, 2, 3])), 6);
              await assert.rejects(lastValueFrom(client.send("fail", {})));
              assert.equal((await get("/both")).body, "over http");
            } finally {
              await client.close();
            }
            const { spans } = await world.settle(1);
            assert.deepEqual(
              spans.map(({ name }) => name),
              ["GET /both"],
            );
          },
        );
      },
    },
    {
      title:
        "internalSpans adds spans for guards, interceptors, pipes, the handler and the platform's middleware or hooks; without it there is one span (R-I1)",
      telemetry: { internalSpans: true },
      async run(world) {
        await withNest(nest, world, stepParts(), async (app) => {
          assert.equal((await app.get("/steps/7")).body, "7!");
          const seen = await world.settle(1);
          const root = seen.request("/steps/7");
          const internal = seen.spans.filter(({ spanId }) => spanId !== root.spanId);
          const names = internal.map(({ name }) => name);
          for (const name of [
            "guard Admits",
            "guard AdmitsAll",
            "interceptor Marks",
            "pipe ParseIntPipe",
            "handler Steps.step",
          ]) {
            assert.equal(names.filter((one) => one === name).length, 1, `${name} among ${names.join(", ")}`);
          }
          // An interceptor stands around the pipes and the handler.
          const inner = new Set(["pipe ParseIntPipe", "handler Steps.step"]);
          for (const { parentSpanId, name } of internal) {
            const parent = inner.has(name) ? seen.span("interceptor Marks") : root;
            assert.equal(parentSpanId, parent.spanId, name);
          }
          // Nest's own hooks are no steps of the service's.
          const below = names.filter((name) => !/^(?:guard|interceptor|pipe|handler) /.test(name));
          if (platform.name === "express") assert.ok(below.includes("middleware session"), below.join(", "));
          else assert.deepEqual(below, ["preHandler audit"]);
        });
      },
    },
    {
      title: "without internalSpans, a request has one span, whatever runs before its handler (R-I1)",
      run: (world) =>
        withNest(nest, world, stepParts(), async (app) => {
          assert.equal((await app.get("/steps/7")).body, "7!");
          assert.equal((await world.settle(1)).spans.length, 1);
        }),
    },
  ];

  /** An application with every kind of step, of every way to give one. */
  function stepParts(): Parameters<typeof withNest>[2] {
    class Admits {
      canActivate(): boolean {
        return true;
      }
    }
    class AdmitsAll {
      async canActivate(): Promise<boolean> {
        return Promise.resolve(true);
      }
    }
    class Marks {
      intercept(_context: ArgumentsHost, next: CallHandler): unknown {
        return next.handle();
      }
    }
    class Steps {
      async step(id: number): Promise<string> {
        return Promise.resolve(`${id}!`);
      }
    }
    common.Injectable()(Admits);
    const steps = decorate(
      Steps,
      [Controller("steps"), common.UseGuards(Admits)],
      { step: [Get(":id"), common.UseInterceptors(new Marks() as never), common.UsePipes(new common.ParseIntPipe())] },
      { step: [Param("id")] },
    );
    return {
      controllers: [steps],
      main: (app) => {
        app.useGlobalGuards(new AdmitsAll());
        app.use(function session(_request: unknown, _response: unknown, next: () => void) {
          setImmediate(next);
        });
        if (platform.name !== "fastify") return;
        const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
        fastify.addHook("preHandler", async function audit() {});
      },
    };
  }
}
