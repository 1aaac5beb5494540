import assert from "node:assert/strict";
import { telemetry as expressTelemetry } from "@gossamer/express";
import type { Express, RequestHandler } from "express";
import type { ContractCase, World } from "@gossamer/testing/contract";
import type { ExpressModule } from "./express-module.ts";
import { withApp, withPlainApp } from "./with-app.ts";

export function expressMountCases(express: ExpressModule): ContractCase[] {
  const answers: RequestHandler = (_request, response) => void response.send("x");

  async function assertRoutes(
    world: World,
    build: (app: Express) => void,
    expected: Readonly<Record<string, string>>,
  ): Promise<void> {
    const paths = Object.keys(expected);
    await withApp(express, world, build, async (app) => {
      for (const path of paths) await app.get(path);
      const seen = await world.settle(paths.length);
      assert.deepEqual(
        Object.fromEntries(paths.map((path) => [path, seen.request(path).attributes["http.route"]])),
        expected,
      );
      for (const path of paths) assert.equal(seen.request(path).name, `GET ${expected[path]}`);
    });
  }

  return [
    {
      title: "the template of a route in a mounted router starts with the mount path (R-A1)",
      run: (world) =>
        assertRoutes(
          world,
          (app) => {
            const router = express.Router();
            router.get("/", answers);
            router.get("/:id", answers);
            app.use("/orders", router);
          },
          { "/orders": "/orders", "/orders/7": "/orders/:id" },
        ),
    },
    {
      title: "mount paths with parameters are part of the template, with and without mergeParams (R-A1)",
      run: (world) =>
        assertRoutes(
          world,
          (app) => {
            const merged = express.Router({ mergeParams: true });
            merged.get("/orders/:orderId", answers);
            app.use("/users/:userId", merged);
            const apart = express.Router();
            apart.get("/notes/:noteId", answers);
            app.use("/people/:personId", apart);
          },
          {
            "/users/7/orders/9": "/users/:userId/orders/:orderId",
            "/people/7/notes/9": "/people/:personId/notes/:noteId",
          },
        ),
    },
    {
      title: "three nested routers give one template (R-A1)",
      run: (world) =>
        assertRoutes(
          world,
          (app) => {
            const [outer, middle, inner] = [
              express.Router(),
              express.Router({ mergeParams: true }),
              express.Router({ mergeParams: true }),
            ];
            inner.get("/lines/:line", answers);
            middle.use("/orders/:order", inner);
            outer.use("/users/:user", middle);
            app.use("/v1", outer);
          },
          { "/v1/users/ann/orders/12/lines/3": "/v1/users/:user/orders/:order/lines/:line" },
        ),
    },
    {
      title: "a router mounted twice is reported under the mount path that matched (R-A1)",
      run: (world) =>
        assertRoutes(
          world,
          (app) => {
            const router = express.Router();
            router.get("/:id", answers);
            app.use("/cats", router);
            app.use("/dogs", router);
          },
          { "/cats/1": "/cats/:id", "/dogs/1": "/dogs/:id" },
        ),
    },
    {
      title: "a router mounted without a path adds nothing to the template (R-A1)",
      run: (world) =>
        assertRoutes(
          world,
          (app) => {
            const router = express.Router();
            router.get("/plain/:id", answers);
            app.use(router);
          },
          { "/plain/1": "/plain/:id" },
        ),
    },
    {
      title:
        "if two path segments are equal, the mount path is never guessed, and the raw path never becomes the name (R-A1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            const router = express.Router({ mergeParams: true });
            router.get("/end/:id", answers);
            app.use("/same/:same", router);
          },
          async (app) => {
            await app.get("/same/same/end/4711");
            await app.get("/same/other/end/4711");
            const { requests } = await world.settle(2);
            for (const { attributes } of requests) {
              assert.ok(
                ["/same/:same/end/:id", "/end/:id"].includes(String(attributes["http.route"])),
                String(attributes["http.route"]),
              );
            }
          },
        ),
    },
    {
      title: "a request that fails in a mounted router still has its whole template (R-A1)",
      run: (world) =>
        assertRoutes(
          world,
          (app) => {
            const router = express.Router({ mergeParams: true });
            router.get("/boom/:id", () => {
              throw new Error("boom");
            });
            app.use("/users/:userId", router);
          },
          { "/users/7/boom/9": "/users/:userId/boom/:id" },
        ),
    },
    {
      title: "a sub-app's mount path is part of the template, also nested and with parameters (R-A1)",
      run: (world) =>
        assertRoutes(
          world,
          (app) => {
            const [admin, reports] = [express(), express()];
            reports.get("/daily/:day", answers);
            admin.get("/users/:id", answers);
            admin.use("/reports", reports);
            app.use("/admin", admin);
            const tenant = express();
            tenant.get("/home/:page", answers);
            app.use("/tenants/:tenant", tenant);
          },
          {
            "/admin/users/7": "/admin/users/:id",
            "/admin/reports/daily/mon": "/admin/reports/daily/:day",
            "/tenants/acme/home/1": "/tenants/:tenant/home/:page",
          },
        ),
    },
    {
      title: "a sub-app mounted twice is reported under the mount path that matched, or under its own part only (R-A1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            const sub = express();
            sub.get("/items/:id", answers);
            app.use(["/red", "/blue"], sub);
          },
          async (app) => {
            await app.get("/red/items/1");
            await app.get("/blue/items/1");
            const seen = await world.settle(2);
            assert.ok(
              ["/red/items/:id", "/items/:id"].includes(String(seen.request("/red/items/1").attributes["http.route"])),
            );
            assert.ok(
              ["/blue/items/:id", "/items/:id"].includes(
                String(seen.request("/blue/items/1").attributes["http.route"]),
              ),
            );
          },
        ),
    },
    {
      title: "a router in a sub-app has both mount paths in its template (R-A1)",
      run: (world) =>
        assertRoutes(
          world,
          (app) => {
            const sub = express();
            const router = express.Router();
            router.get("/:id", answers);
            sub.use("/things", router);
            app.use("/sub", sub);
          },
          { "/sub/things/7": "/sub/things/:id" },
        ),
    },
    {
      title: "middleware added to a sub-app observes only requests to that sub-app (R-A1)",
      run: (world) =>
        withPlainApp(
          express,
          world,
          (app) => {
            const sub = express();
            sub.use(expressTelemetry(world.telemetry));
            sub.get("/items/:id", answers);
            app.get("/outside", answers);
            app.use("/sub", sub);
          },
          async (app) => {
            await app.get("/outside");
            await app.get("/sub/items/7");
            const { requests } = await world.settle(1);
            assert.equal(requests[0]?.attributes["url.path"], "/sub/items/7");
            assert.ok(["/sub/items/:id", "/items/:id"].includes(String(requests[0]?.attributes["http.route"])));
          },
        ),
    },
    {
      title: "a request that matches nothing in a mounted router or sub-app has no route (R-L5)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            const [router, sub] = [express.Router(), express()];
            router.get("/known", answers);
            sub.get("/known", answers);
            app.use("/r/:id", router);
            app.use("/s", sub);
          },
          async (app) => {
            for (const path of ["/r/1/unknown", "/s/unknown"]) assert.equal((await app.get(path)).status, 404);
            const { requests, durations } = await world.settle(2);
            for (const { name } of requests) assert.equal(name, "GET");
            assert.equal(durations.length, 1);
          },
        ),
    },
    {
      title: "options placed before a router apply to its routes (R-S5)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            const router = express.Router();
            router.use(expressTelemetry.route({ trace: false }));
            router.get("/:id", answers);
            app.use("/quiet", router);
          },
          async (app) => {
            await app.get("/quiet/1");
            const seen = await world.settle(1);
            assert.equal(seen.spans.length, 0);
            assert.equal(seen.countOf("/quiet/:id"), 1);
          },
        ),
    },
  ];
}
