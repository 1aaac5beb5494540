import assert from "node:assert/strict";
import { telemetry as expressTelemetry } from "@gossamer/express";
import type { Express } from "express";
import type { ContractCase, Seen, World } from "@gossamer/testing/contract";
import type { ExpressModule } from "./express-module.ts";
import { withApp } from "./with-app.ts";

export function expressRouteCases(express: ExpressModule): ContractCase[] {
  /** Sends a request to each path, and holds the names of the spans against what is expected. */
  async function assertNames(
    world: World,
    build: (app: Express) => void,
    expected: Readonly<Record<string, string>>,
  ): Promise<Seen> {
    const paths = Object.keys(expected);
    let seen: Seen | undefined;
    await withApp(express, world, build, async (app) => {
      for (const path of paths) await app.get(path);
      seen = await world.settle(paths.length);
      const names = Object.fromEntries(paths.map((path) => [path, seen?.request(path).name]));
      assert.deepEqual(names, expected);
    });
    return seen ?? assert.fail();
  }

  return [
    {
      title: "a route with an array of paths is reported under the path that matched, else under all of them (R-A1)",
      run: async (world) => {
        await assertNames(
          world,
          (app) => {
            app.get(["/a", "/b"], (_request, response) => void response.send("x"));
            app.get(["/c/:id", "/d/:id"], (_request, response) => void response.send("x"));
          },
          { "/a": "GET /a", "/b": "GET /b", "/c/1": "GET /c/:id|/d/:id", "/d/2": "GET /c/:id|/d/:id" },
        );
      },
    },
    {
      title: "a regular-expression route is reported by its source, never by the path (R-A1)",
      run: async (world) => {
        await assertNames(
          world,
          (app) => {
            app.get(/^\/files\/.+\.png$/, (_request, response) => void response.send("x"));
          },
          { "/files/secret.png": "GET /^\\/files\\/.+\\.png$/" },
        );
      },
    },
    {
      title: "router.all that calls next() is not the route; the one that answers is (R-A1)",
      run: async (world) => {
        await assertNames(
          world,
          (app) => {
            app.all("/shop/:section", (_request, _response, next) => {
              next();
            });
            app.get("/shop/cart", (_request, response) => void response.send("cart"));
            app.all("/any/:thing", (_request, response) => void response.send("any"));
          },
          { "/shop/cart": "GET /shop/cart", "/any/thing": "GET /any/:thing" },
        );
      },
    },
    {
      title: "a request that no route answers is reported under the last route that matched (R-A1)",
      run: async (world) => {
        const { durations } = await assertNames(
          world,
          (app) => {
            app.get("/maybe/:id", (_request, _response, next) => {
              next();
            });
          },
          { "/maybe/17": "GET /maybe/:id" },
        );
        assert.doesNotMatch(JSON.stringify(durations.map(({ attributes }) => attributes)), /17/);
      },
    },
    {
      title: "next('route') goes on to the route that answers (R-A1)",
      run: async (world) => {
        await assertNames(
          world,
          (app) => {
            app.get("/user/:id", (_request, _response, next) => {
              next("route");
            });
            app.get("/user/:name", (_request, response) => void response.send("named"));
          },
          { "/user/ann": "GET /user/:name" },
        );
      },
    },
    {
      title: "a request answered by a middleware has no route (R-A1)",
      run: async (world) => {
        await assertNames(
          world,
          (app) => {
            app.use("/static", (_request, response) => void response.send("file"));
          },
          { "/static/app.js": "GET" },
        );
      },
    },
    {
      title: "routes added while the service runs are reported like any other (R-A1)",
      run: (world) => {
        let served: Express | undefined;
        return withApp(
          express,
          world,
          (app) => {
            served = app;
            app.get("/first", (_request, response) => void response.send("first"));
          },
          async (app) => {
            await app.get("/first");
            const late = express.Router();
            late.get("/:id", (_request, response) => void response.send("late"));
            served?.use("/late", late);
            await app.get("/late/5");
            const seen = await world.settle(2);
            assert.equal(seen.request("/first").name, "GET /first");
            assert.ok(
              ["GET /late/:id", "GET /:id"].includes(seen.request("/late/5").name),
              seen.request("/late/5").name,
            );
          },
        );
      },
    },
    {
      title: "app.route with several methods reports each method separately (R-A1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app
              .route("/thing/:id")
              .get((_request, response) => void response.send("got"))
              .delete(expressTelemetry.route({ name: "remove" }), (_request, response) => void response.send("gone"));
          },
          async (app) => {
            await app.get("/thing/1");
            await app.send({ method: "DELETE", path: "/thing/1" });
            const { requests, countOf } = await world.settle(2);
            assert.deepEqual(requests.map(({ name }) => name).sort(), ["DELETE remove", "GET /thing/:id"]);
            assert.equal(countOf("/thing/:id"), 2);
          },
        ),
    },
    {
      title: "an unknown or wrong route option throws where it is written (R-C3)",
      run: async () => {
        assert.throws(() => expressTelemetry.route({ trase: false } as never), /Did you mean "route.trace"/);
        assert.throws(() => expressTelemetry.route({ stream: "yes" } as never), /route\.stream/);
        await Promise.resolve();
      },
    },
  ];
}
