import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type ContractCase, PaymentError } from "@gossamer/testing/contract";
import { trace } from "@opentelemetry/api";
import type { Type } from "@nestjs/common";
import { concatMap, of, timer } from "rxjs";
import { decorate } from "./decorate.ts";
import type { NestModules } from "./nest-modules.ts";
import { withNest } from "./with-nest.ts";

/** What a service says of its routes and steps by decorators. */
export function nestDecoratorCases(nest: NestModules): ContractCase[] {
  const { common, gossamer } = nest;
  const { Controller, Get, UseGuards } = common;
  const {
    BaggageEntry,
    CurrentSpan,
    NoTelemetry,
    RouteTelemetry,
    Sampled,
    SlowAfter,
    TelemetryService,
    Traceable,
    Traced,
  } = gossamer;
  type OnClass = ClassDecorator & MethodDecorator;

  /** A controller whose guard makes a span before anybody's interceptor could look at options. */
  function guarded(
    path: string,
    onClass: readonly OnClass[],
    onMethod: readonly OnClass[],
    handle: () => unknown = () => "x",
  ): Type<unknown> {
    class SomeController {
      one(): unknown {
        return handle();
      }
    }
    const lookup = { canActivate: () => gossamer.TelemetryModule !== undefined && lookUp() };
    return decorate(SomeController, [Controller(path), UseGuards(lookup), ...onClass], {
      one: [Get(":id"), ...onMethod],
    });
  }

  function lookUp(): Promise<boolean> {
    return trace.getTracer("guard").startActiveSpan("session lookup", async (span) => {
      await Promise.resolve();
      span.end();
      return true;
    });
  }

  return [
    {
      title:
        "@RouteTelemetry names a route and adds attributes to its span; a handler's options override its class's (R-A3)",
      async run(world) {
        const controller = guarded(
          "named",
          [RouteTelemetry({ name: "of the class", attributes: { "app.tier": "gold" } })],
          [RouteTelemetry({ name: "of the handler" })],
        );
        await withNest(nest, world, { controllers: [controller] }, async (app) => {
          await app.get("/named/1");
          const { requests } = await world.settle(1);
          assert.equal(requests[0]?.name, "GET of the handler");
          assert.equal(requests[0]?.attributes["http.route"], "/named/:id");
          assert.equal(requests[0]?.attributes["app.tier"], "gold");
        });
      },
    },
    {
      title: "@NoTelemetry creates no spans for a route or its guards, and the requests are still counted (R-A3, R-I1)",
      async run(world) {
        const failing = guarded("failing", [NoTelemetry()], [], () => {
          throw new PaymentError("declined");
        });
        const controllers = [guarded("quiet", [NoTelemetry()], []), guarded("silent", [], [NoTelemetry()]), failing];
        await withNest(nest, world, { controllers }, async (app) => {
          for (const path of ["/quiet/1", "/silent/1", "/failing/1"]) await app.get(path);
          const { spans, countOf } = await world.settle(3);
          assert.deepEqual(
            spans.map(({ name }) => name),
            [],
          );
          for (const route of ["/quiet/:id", "/silent/:id", "/failing/:id"]) assert.equal(countOf(route), 1);
        });
      },
    },
    {
      title: "@Sampled decides before the first guard starts a span, regardless of the service's ratio (R-A3, R-S2)",
      telemetry: { sampleRatio: 0 },
      async run(world) {
        const controllers = [guarded("always", [Sampled(1)], []), guarded("never", [Sampled(1)], [Sampled(0)])];
        await withNest(nest, world, { controllers }, async (app) => {
          await app.get("/always/1");
          await app.get("/never/1");
          const { spans } = await world.settle(2);
          assert.deepEqual(spans.map(({ name }) => name).sort(), ["GET /always/:id", "session lookup"]);
          assert.equal(spans.find(({ kind }) => kind === 2)?.attributes["sampling.reason"], "route-options");
        });
      },
    },
    {
      title: "@SlowAfter keeps only requests that took longer than the route allows (R-A3, R-S11)",
      telemetry: { sampleRatio: 0 },
      async run(world) {
        const wait = (): Promise<string> => sleep(20, "waited");
        const controllers = [guarded("slow", [], [SlowAfter("10ms")], wait), guarded("quick", [], [], wait)];
        await withNest(nest, world, { controllers }, async (app) => {
          await app.get("/slow/1");
          await app.get("/quick/1");
          const { requests } = await world.settle(2);
          assert.deepEqual(
            requests.map(({ name, attributes }) => [name, attributes["sampling.reason"]]),
            [["GET /slow/:id", "slow"]],
          );
        });
      },
    },
    {
      title: "one controller's options do not apply to others that inherit the same handler (R-A3)",
      async run(world) {
        class Crud {
          one(): string {
            return this.constructor.name;
          }
        }
        decorate(Crud, [], { one: [Get(":id")] });
        const quiet = decorate(class Quiet extends Crud {}, [Controller("quiet"), NoTelemetry()]);
        const loud = decorate(class Loud extends Crud {}, [Controller("loud")]);
        await withNest(nest, world, { controllers: [quiet, loud] }, async (app) => {
          assert.equal((await app.get("/quiet/1")).body, "Quiet");
          assert.equal((await app.get("/loud/1")).body, "Loud");
          const { requests } = await world.settle(2);
          assert.deepEqual(
            requests.map(({ name }) => name),
            ["GET /loud/:id"],
          );
        });
      },
    },
    {
      title: "wrong options throw where they are written (R-A3, R-C3)",
      async run() {
        assert.throws(
          () => RouteTelemetry({ nme: "x" } as never),
          /Unknown option "route\.nme"\. Did you mean "route\.name"/,
        );
        assert.throws(() => Sampled(2), /Option "route\.ratio" must be a number from 0 to 1, got 2/);
        for (const text of ["500", "", "1 day", "-1s", "ms"]) {
          assert.throws(() => SlowAfter(text), { name: "OptionError" }, text);
        }
        assert.throws(() => SlowAfter(500 as never), /a duration with a unit/);
      },
    },
    {
      title: "@Traced creates a span for each call of a provider's method and records what it throws (R-A3, R-I2)",
      async run(world) {
        class CartService {
          add(a: number, b: number): number {
            return a + b;
          }
          async load(id: string): Promise<string> {
            await Promise.resolve();
            return `${this.constructor.name} ${id}`;
          }
          fail(): never {
            throw new PaymentError("declined");
          }
          stream(): unknown {
            return timer(1).pipe(concatMap(() => of(world.telemetry.traceId())));
          }
        }
        decorate(CartService, [common.Injectable() as ClassDecorator], {
          add: [Traced()],
          load: [Traced("load cart", { attributes: { "cart.size": 3 } })],
          fail: [Traced()],
          stream: [Traced("stream")],
        });
        class CartController {
          readonly service: CartService;
          constructor(service: CartService) {
            this.service = service;
          }
          async cart(): Promise<unknown> {
            assert.throws(() => this.service.fail(), { name: "PaymentError" });
            return [this.service.add(1, 2), await this.service.load("7")];
          }
          streamed(): unknown {
            return this.service.stream();
          }
        }
        common.Inject(CartService)(CartController, undefined, 0);
        decorate(CartController, [Controller("cart")], { cart: [Get()], streamed: [Get("streamed")] });
        await withNest(nest, world, { controllers: [CartController], providers: [CartService] }, async (app) => {
          assert.equal((await app.get("/cart")).body, JSON.stringify([3, "CartService 7"]));
          const streamed = await app.get("/cart/streamed");
          const seen = await world.settle(2);
          const root = seen.request("/cart");
          assert.deepEqual(
            seen.spans
              .filter(({ parentSpanId }) => parentSpanId === root.spanId)
              .map(({ name }) => name)
              .sort(),
            ["CartService.add", "CartService.fail", "load cart"],
          );
          assert.equal(Number(seen.span("load cart").attributes["cart.size"]), 3);
          assert.deepEqual(seen.span("CartService.fail").status, { code: 2, message: "declined" });
          // An Observable's span lasts as long as it does, which is longer than the call.
          const stream = seen.span("stream");
          assert.equal(streamed.body, stream.traceId);
          assert.ok(stream.endTimeUnixNano - stream.startTimeUnixNano >= 500_000n);
        });
      },
    },
    {
      title: "@Traceable creates a span for each call of every method of a class and changes nothing else (R-A3, R-I2)",
      async run(world) {
        class StockService {
          get level(): number {
            return 7;
          }
          count(): number {
            return this.level;
          }
          reserve(): string {
            return "reserved";
          }
        }
        decorate(StockService, [Traceable()], { reserve: [Traced("reserve stock")] });
        const service = new StockService();
        class StockController {
          stock(): unknown {
            return [service.count(), service.reserve()];
          }
        }
        decorate(StockController, [Traceable(), Controller("stock")], { stock: [Get()] });
        await withNest(nest, world, { controllers: [StockController] }, async (app) => {
          assert.equal((await app.get("/stock")).body, '[7,"reserved"]');
          const seen = await world.settle(1);
          const handler = seen.span("StockController.stock");
          for (const name of ["StockService.count", "reserve stock"]) {
            assert.equal(seen.span(name).parentSpanId, handler.spanId);
          }
          assert.equal(seen.spans.length, 4);
          assert.equal(seen.requests[0]?.name, "GET /stock");
        });
      },
    },
    {
      title: "parameter decorators give a handler its span and the caller's baggage (R-A3)",
      async run(world) {
        class Asking {
          ask(span: { spanContext(): { spanId: string } }, tenant: unknown, none: unknown, all: unknown): unknown {
            return [span.spanContext().spanId, tenant, none ?? "none", all];
          }
        }
        decorate(
          Asking,
          [Controller("ask")],
          { ask: [Get()] },
          { ask: [CurrentSpan(), BaggageEntry("tenant"), BaggageEntry("nothing"), BaggageEntry()] },
        );
        await withNest(nest, world, { controllers: [Asking] }, async (app) => {
          const { body } = await app.send({ path: "/ask", headers: { baggage: "tenant=acme,plan=gold" } });
          const { requests } = await world.settle(1);
          assert.deepEqual(JSON.parse(body), [requests[0]?.spanId, "acme", "none", { tenant: "acme", plan: "gold" }]);
        });
      },
    },
    {
      title: "TelemetryService can be injected everywhere without importing the module again (R-A3, R-I8)",
      async run(world) {
        class Using {
          readonly telemetry: InstanceType<typeof TelemetryService>;
          constructor(telemetry: InstanceType<typeof TelemetryService>) {
            this.telemetry = telemetry;
          }
          async use(): Promise<unknown> {
            this.telemetry.annotate({ "user.id": "u-7" });
            const inside = await this.telemetry.span("step", { attributes: { n: 1 } }, async () => {
              await Promise.resolve();
              return this.telemetry.traceId();
            });
            return [inside, this.telemetry.current() !== undefined, this.telemetry.status().state];
          }
        }
        common.Inject(TelemetryService)(Using, undefined, 0);
        decorate(Using, [Controller("use")], { use: [Get()] });
        class Feature {}
        common.Module({ controllers: [Using] })(Feature);
        await withNest(nest, world, { imports: [Feature] }, async (app) => {
          const { body } = await app.get("/use");
          const seen = await world.settle(1);
          assert.deepEqual(JSON.parse(body), [seen.requests[0]?.traceId, true, "running"]);
          assert.equal(seen.requests[0]?.attributes["user.id"], "u-7");
          assert.equal(seen.span("step").parentSpanId, seen.requests[0]?.spanId);
        });
      },
    },
  ];
}
