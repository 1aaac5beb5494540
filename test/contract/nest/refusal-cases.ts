import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type ContractCase, openRaw } from "@gossamer/testing/contract";
import { decorate } from "./decorate.ts";
import type { NestModules } from "./nest-modules.ts";
import { withNest } from "./with-nest.ts";

/** Requests that never reach their handler, and what stands in front of it. */
export function nestRefusalCases(nest: NestModules): ContractCase[] {
  const { common, platform } = nest;
  const { Body, Controller, Get, Param, Post } = common;

  class ShopController {
    one(id: unknown): string {
      return `number ${String(id)}`;
    }
    secret(): string {
      return "never";
    }
    add(body: unknown): unknown {
      return body;
    }
  }
  class Nobody {
    canActivate(): boolean {
      return false;
    }
  }
  const shop = decorate(
    ShopController,
    [Controller("shop")],
    { one: [Get("things/:id")], secret: [Get("secret"), common.UseGuards(Nobody)], add: [Post()] },
    { one: [Param("id", common.ParseIntPipe)], add: [Body()] },
  );
  const controllers = [shop];
  /** Whether the route is known before bodies are parsed. */
  const routesFirst = platform.name === "fastify";
  const json = { "content-type": "application/json" };

  return [
    {
      title: "a request that middleware in main.ts refuses is counted with its status (R-A3)",
      run: (world) =>
        withNest(
          nest,
          world,
          {
            controllers,
            main: (app) =>
              app.use((_request: unknown, response: ServerResponse) => {
                response.statusCode = 401;
                response.end("not you");
              }),
          },
          async (app) => {
            assert.equal((await app.get("/shop/things/1")).status, 401);
            const { requests, durations } = await world.settle(1);
            assert.equal(Number(requests[0]?.attributes["http.response.status_code"]), 401);
            assert.equal(durations[0]?.attributes["http.response.status_group"], "4xx");
          },
        ),
    },
    {
      title:
        "the request context is active in middleware of main.ts, guards, pipes, interceptors and handlers (R-A3, R-I8)",
      async run(world) {
        const seen: (string | undefined)[] = [];
        const look = (): void => void seen.push(world.telemetry.traceId());
        class Everything {
          canActivate(): boolean {
            look();
            return true;
          }
          transform(value: unknown): unknown {
            look();
            return value;
          }
          intercept(_context: unknown, next: { handle(): unknown }): unknown {
            look();
            return next.handle();
          }
          handle(_id: unknown): string {
            look();
            return "seen";
          }
        }
        const step = new Everything();
        const controller = decorate(
          Everything,
          [Controller("seen"), common.UseGuards(step), common.UseInterceptors(step as never), common.UsePipes(step)],
          { handle: [Get(":id")] },
          { handle: [Param("id")] },
        );
        await withNest(
          nest,
          world,
          {
            controllers: [controller],
            main: (app) =>
              app.use((_request: unknown, _response: unknown, next: () => void) => {
                look();
                setImmediate(next);
              }),
          },
          async (app) => {
            assert.equal((await app.get("/seen/1")).body, "seen");
            const { requests } = await world.settle(1);
            assert.equal(seen.length, 5);
            assert.deepEqual(new Set(seen), new Set([requests[0]?.traceId]));
          },
        );
      },
    },
    {
      title: "a preflight that enableCors answers is counted (R-A3)",
      run: (world) =>
        withNest(nest, world, { controllers, main: (app) => app.enableCors() }, async (app) => {
          const headers = { origin: "http://else.where", "access-control-request-method": "GET" };
          assert.equal((await app.send({ method: "OPTIONS", path: "/shop/things/1", headers })).status, 204);
          assert.equal((await world.settle(1)).requests.length, 1);
        }),
    },
    {
      title: "a 400 from the body parser is counted (R-A3)",
      run: (world) =>
        withNest(nest, world, { controllers }, async (app) => {
          const answer = await app.send({ method: "POST", path: "/shop", headers: json, body: '{"a":' });
          assert.equal(answer.status, 400);
          const { requests, counted } = await world.settle(1);
          assert.equal(counted, 1);
          assert.equal(requests[0]?.name, routesFirst ? "POST /shop" : "POST");
          assert.equal(requests[0]?.status.code, 0);
        }),
    },
    {
      title: "the duration includes the time that parsing the body takes (R-A3)",
      run: (world) =>
        withNest(nest, world, { controllers }, async (app) => {
          const pauseMs = 60;
          const connection = await openRaw(app.port);
          const begun = once(app.app.getHttpServer() as EventEmitter, "request");
          connection.write(
            "POST /shop HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{",
          );
          // A busy process sees the head a while after it was written.
          await begun;
          await sleep(pauseMs);
          connection.write('"a":1}');
          assert.match(await connection.untilClosed(), /^HTTP\/1\.1 201 /);
          const { durations } = await world.settle(1);
          assert.ok((durations[0]?.sum ?? 0) >= pauseMs / 2_000, `${durations[0]?.sum} s`);
        }),
    },
    {
      title: "a guard's 403, a pipe's 400 and an unknown path get one record each and do not count as failures (R-A3)",
      run: (world) =>
        withNest(nest, world, { controllers }, async (app) => {
          for (const [path, status] of [
            ["/shop/secret", 403],
            ["/shop/things/many", 400],
            ["/shop/nothing/here", 404],
          ] as const) {
            assert.equal((await app.get(path)).status, status);
          }
          const { requests, counted } = await world.settle(3);
          assert.equal(counted, 3);
          assert.deepEqual(
            requests.map(({ name, attributes, status }) => [
              name,
              Number(attributes["http.response.status_code"]),
              status.code,
              attributes["error.type"],
            ]),
            [
              ["GET /shop/secret", 403, 0, undefined],
              ["GET /shop/things/:id", 400, 0, undefined],
              ["GET", 404, 0, undefined],
            ],
          );
        }),
    },
  ];
}
