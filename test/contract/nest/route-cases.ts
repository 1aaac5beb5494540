import assert from "node:assert/strict";
import type { ContractCase } from "@gossamer/testing/contract";
import { decorate } from "./decorate.ts";
import type { NestModules } from "./nest-modules.ts";
import { withNest } from "./with-nest.ts";

/** How Nest composes the paths of its routes. */
export function nestRouteCases(nest: NestModules): ContractCase[] {
  const { common, platform } = nest;
  const { Controller, Get, Post, All, Version, VersioningType } = common;
  const wildcard = platform.name === "express" ? "*path" : "*";

  function cats(path: string | string[] = "cats", version?: string): ReturnType<typeof decorate> {
    class CatsController {
      list(): string {
        return "cats";
      }
      one(): string {
        return "cat";
      }
      file(): string {
        return "file";
      }
      add(): string {
        return "added";
      }
    }
    const controller = version === undefined ? Controller(path) : Controller({ path, version });
    return decorate(CatsController, [controller], {
      list: [Get()],
      one: [Get(":id")],
      file: [Get(`files/${wildcard}`)],
      add: [Post()],
    });
  }

  return [
    {
      title: "a controller's routes are reported by their whole template, including the controller's parameters (R-A3)",
      run: (world) =>
        withNest(nest, world, { controllers: [cats("owners/:ownerId/cats")] }, async (app) => {
          for (const path of ["/owners/7/cats", "/owners/7/cats/9", "/owners/7/cats/files/a/b.txt"]) {
            assert.equal((await app.get(path)).status, 200);
          }
          await app.send({ method: "POST", path: "/owners/7/cats" });
          await app.send({ method: "HEAD", path: "/owners/7/cats/9" });
          const { requests } = await world.settle(5);
          assert.deepEqual(
            requests.map(({ name }) => name),
            [
              "GET /owners/:ownerId/cats",
              "GET /owners/:ownerId/cats/:id",
              `GET /owners/:ownerId/cats/files/${wildcard}`,
              "POST /owners/:ownerId/cats",
              "HEAD /owners/:ownerId/cats/:id",
            ],
          );
        }),
    },
    {
      title: "the global prefix is part of the template, and paths excluded from it are reported without it (R-A3)",
      run: (world) =>
        withNest(
          nest,
          world,
          {
            controllers: [cats(), cats("health")],
            main: (app) => app.setGlobalPrefix("api/:tenant", { exclude: ["health"] }),
          },
          async (app) => {
            await app.get("/api/acme/cats/1");
            await app.get("/health");
            const { requests } = await world.settle(2);
            assert.deepEqual(
              requests.map(({ name }) => name),
              ["GET /api/:tenant/cats/:id", "GET /health"],
            );
          },
        ),
    },
    {
      title: "versions in the path are part of the template (R-A3)",
      run: (world) =>
        withNest(
          nest,
          world,
          {
            controllers: [cats("cats", "1"), cats("cats", "2")],
            main: (app) => app.enableVersioning({ type: VersioningType.URI }),
          },
          async (app) => {
            await app.get("/v1/cats/1");
            await app.get("/v2/cats/1");
            const { requests } = await world.settle(2);
            assert.deepEqual(
              requests.map(({ name }) => name),
              ["GET /v1/cats/:id", "GET /v2/cats/:id"],
            );
          },
        ),
    },
    {
      title: "versions in a header or media type share one template, and the handler that answers is recorded (R-A3)",
      async run(world) {
        class Versioned {
          first(): string {
            return "first";
          }
          second(): string {
            throw new common.NotImplementedException("second");
          }
        }
        const versioned = decorate(Versioned, [Controller("cats")], {
          first: [Get(":id"), Version("1")],
          second: [Get(":id"), Version("2")],
        });
        const ways = [
          [{ type: VersioningType.HEADER, header: "x-version" }, "x-version", "2"],
          [{ type: VersioningType.MEDIA_TYPE, key: "v=" }, "accept", "application/json;v=2"],
        ] as const;
        for (const [i, [options, header, value]] of ways.entries()) {
          await withNest(
            nest,
            world,
            { controllers: [versioned], main: (app) => app.enableVersioning(options) },
            async (app) => {
              const answer = await app.send({ path: "/cats/7", headers: { [header]: value } });
              assert.equal(answer.status, 501);
              const { requests } = await world.settle(i + 1);
              const { name, attributes } = requests[i] ?? assert.fail();
              assert.equal(name, "GET /cats/:id");
              assert.equal(attributes["error.type"], "NotImplementedException");
            },
          );
        }
      },
    },
    {
      title: "a path that no controller handles gets one record without a route, also under a prefix (R-A3, R-L5)",
      run: (world) =>
        withNest(nest, world, { controllers: [cats()], main: (app) => app.setGlobalPrefix("api") }, async (app) => {
          for (const path of ["/nowhere", "/api/nowhere", "/api/cats/1/2/3", "/api"]) {
            assert.equal((await app.get(path)).status, 404, path);
          }
          assert.equal((await app.send({ method: "PUT", path: "/api/cats" })).status, 404);
          const { requests, countOf } = await world.settle(5);
          assert.deepEqual(new Set(requests.map(({ name }) => name)), new Set(["GET", "PUT"]));
          assert.equal(countOf(undefined), 5);
        }),
    },
    {
      title: "a controller's own wildcard is reported like any other route (R-A3)",
      async run(world) {
        class Fallback {
          any(): string {
            return "anything";
          }
        }
        const fallback = decorate(Fallback, [Controller()], { any: [All(wildcard)] });
        await withNest(nest, world, { controllers: [fallback] }, async (app) => {
          assert.equal((await app.get("/what/ever")).body, "anything");
          assert.equal((await world.settle(1)).requests[0]?.name, `GET /${wildcard}`);
        });
      },
    },
    {
      title: "a request-scoped controller is observed like any other (R-A3)",
      async run(world) {
        class PerRequest {
          one(): string {
            throw new common.NotImplementedException("not yet");
          }
        }
        const controller = decorate(PerRequest, [Controller({ path: "per", scope: common.Scope.REQUEST })], {
          one: [Get(":id")],
        });
        await withNest(nest, world, { controllers: [controller] }, async (app) => {
          await app.get("/per/1");
          const { requests } = await world.settle(1);
          assert.equal(requests[0]?.name, "GET /per/:id");
          assert.equal(requests[0]?.attributes["error.type"], "NotImplementedException");
        });
      },
    },
  ];
}
