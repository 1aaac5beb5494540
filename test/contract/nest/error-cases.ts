import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { type ContractCase, PaymentError, type Seen } from "@gossamer/testing/contract";
import type { ArgumentsHost, CallHandler, MiddlewareConsumer, Type } from "@nestjs/common";
import { catchError, throwError } from "rxjs";
import { decorate } from "./decorate.ts";
import type { NestModules } from "./nest-modules.ts";
import { withNest } from "./with-nest.ts";

class CardError extends Error {
  override readonly name = "CardError";
}

/** Who throws what, who catches it, and what the span says of it. */
export function nestErrorCases(nest: NestModules): ContractCase[] {
  const { common } = nest;
  const { Catch, Controller, Get, UseFilters, UseGuards, UseInterceptors, UsePipes } = common;
  const decline = (): never => {
    throw new PaymentError("declined");
  };

  /** A filter for errors of these classes, or of all, that answers with the status. */
  function filterOf(status: number, ...classes: Type<Error>[]): { catch(error: unknown, host: ArgumentsHost): void } {
    class AnsweringFilter {
      catch(error: unknown, host: ArgumentsHost): void {
        const response = host.switchToHttp().getResponse<{ raw?: ServerResponse } & ServerResponse>();
        const raw = response.raw ?? response;
        raw.statusCode = status;
        raw.end(error instanceof Error ? error.name : typeof error);
      }
    }
    Catch(...classes)(AnsweringFilter);
    return new AnsweringFilter();
  }

  function controllerOf(handle: () => unknown, ...decorators: (ClassDecorator & MethodDecorator)[]): Type<unknown> {
    class PayController {
      pay(_id: unknown): unknown {
        return handle();
      }
    }
    return decorate(
      PayController,
      [Controller("pay")],
      { pay: [Get(":id"), ...decorators] },
      { pay: [common.Param("id")] },
    );
  }

  const mapping = {
    intercept: (_context: unknown, next: CallHandler) =>
      next.handle().pipe(catchError(() => throwError(() => new CardError("mapped")))),
  };

  function assertError(seen: Seen, i: number, type: string | undefined): void {
    const { attributes, status } = seen.requests[i] ?? assert.fail();
    assert.equal(attributes["error.type"], type);
    assert.equal(status.code, type === undefined ? 0 : 2);
  }

  const throwers: readonly [string, Type<unknown>][] = [
    ["handler", controllerOf(decline)],
    ["guard", controllerOf(() => "x", UseGuards({ canActivate: decline }))],
    ["interceptor before", controllerOf(() => "x", UseInterceptors({ intercept: decline }))],
    ["pipe", controllerOf(() => "x", UsePipes({ transform: decline }))],
  ];

  return [
    {
      title: "an error thrown by a handler, guard, interceptor or pipe is recorded on the span (R-A3, R-G7)",
      async run(world) {
        for (const [i, [who, controller]] of throwers.entries()) {
          await withNest(nest, world, { controllers: [controller] }, async (app) => {
            assert.equal((await app.get("/pay/1")).status, 500, who);
            const seen = await world.settle(i + 1);
            assertError(seen, i, "PaymentError");
            assert.equal(seen.requests[i]?.status.message, "declined", who);
            assert.equal(seen.requests[i]?.name, "GET /pay/:id");
          });
        }
      },
    },
    {
      title: "an error that an interceptor replaced is recorded on the span as the client received it (R-A3, R-G7)",
      run: (world) =>
        withNest(nest, world, { controllers: [controllerOf(decline, UseInterceptors(mapping))] }, async (app) => {
          await app.get("/pay/1");
          const seen = await world.settle(1);
          assertError(seen, 0, "CardError");
          assert.equal(seen.requests[0]?.status.message, "mapped");
        }),
    },
    {
      title:
        "exception filters on methods, classes and the application get the same errors as before, and the span has what they answered (R-A3, R-G7)",
      async run(world) {
        class OnClass {
          pay(): void {
            decline();
          }
        }
        const places = [
          { controllers: [controllerOf(decline, UseFilters(filterOf(503, PaymentError)))] },
          { controllers: [decorate(OnClass, [Controller("pay"), UseFilters(filterOf(503))], { pay: [Get(":id")] })] },
          {
            controllers: [controllerOf(decline)],
            main: (app: { useGlobalFilters(filter: object): unknown }) => app.useGlobalFilters(filterOf(503)),
          },
          {
            controllers: [controllerOf(decline)],
            providers: [{ provide: nest.core.APP_FILTER, useValue: filterOf(503, PaymentError) }],
          },
        ];
        for (const [i, parts] of places.entries()) {
          await withNest(nest, world, parts as never, async (app) => {
            const { status, body } = await app.get("/pay/1");
            assert.deepEqual([status, body], [503, "PaymentError"]);
            assertError(await world.settle(i + 1), i, "PaymentError");
          });
        }
      },
    },
    {
      title: "an error that a filter answers with a 4xx does not count as a failure (R-A3)",
      run: (world) =>
        withNest(nest, world, { controllers: [controllerOf(decline, UseFilters(filterOf(402)))] }, async (app) => {
          assert.equal((await app.get("/pay/1")).status, 402);
          assertError(await world.settle(1), 0, undefined);
        }),
    },
    {
      title: "an error thrown by a filter itself is recorded as the one that the client received (R-A3, R-G7)",
      async run(world) {
        class ThrowingFilter {
          catch(): void {
            throw new CardError("the filter failed");
          }
        }
        Catch()(ThrowingFilter);
        const controller = controllerOf(decline, UseFilters(new ThrowingFilter()));
        await withNest(nest, world, { controllers: [controller] }, async (app) => {
          assert.equal((await app.get("/pay/1")).status, 500);
          assertError(await world.settle(1), 0, "CardError");
        });
      },
    },
    {
      title:
        "an error that middleware throws or passes to next() is recorded on the span, whichever filters there are (R-A3, R-G7)",
      async run(world) {
        class Throwing {
          use(): void {
            decline();
          }
        }
        class Passing {
          use(_request: unknown, _response: unknown, next: (error: unknown) => void): void {
            next(new PaymentError("declined"));
          }
        }
        for (const [i, middleware] of [Throwing, Passing].entries()) {
          class MiddlewareModule {
            configure(consumer: MiddlewareConsumer): void {
              consumer.apply(middleware).forRoutes("*path");
            }
          }
          common.Module({})(MiddlewareModule);
          await withNest(
            nest,
            world,
            {
              imports: [MiddlewareModule],
              controllers: [controllerOf(() => "x")],
              main: (app) => app.useGlobalFilters(filterOf(503)),
            },
            async (app) => {
              assert.equal((await app.get("/pay/1")).status, 503);
              assertError(await world.settle(i + 1), i, "PaymentError");
            },
          );
        }
      },
    },
    {
      title: "an application with the module answers errors like one without it, wherever its filters are (R-A3)",
      async run(world) {
        const { withPlainNest } = await import("./with-nest.ts");
        const thrown: unknown[] = [null, undefined, "text", 42, { status: 418 }, new common.ForbiddenException()];
        for (const filter of [undefined, filterOf(503, PaymentError), filterOf(503)]) {
          const answers: string[][] = [];
          for (const serve of [withPlainNest.bind(undefined, nest), withNest.bind(undefined, nest, world)]) {
            const received: string[] = [];
            for (const value of thrown) {
              const throwing = (): never => {
                throw value;
              };
              const controller = controllerOf(throwing, ...(filter === undefined ? [] : [UseFilters(filter)]));
              await serve({ controllers: [controller] }, async (app) => {
                const { status, body } = await app.get("/pay/1");
                received.push(`${status} ${body}`);
              });
            }
            answers.push(received);
          }
          assert.deepEqual(answers[1], answers[0]);
        }
        assert.deepEqual(world.telemetry.status().faults, {});
      },
    },
  ];
}
