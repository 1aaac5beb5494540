import { createTelemetry, resetTelemetry, type Route, type RouteTable } from "@gossamer/core";
import type { Request, Response, Router } from "express";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ExpressLayer, ExpressRequest } from "./express-types.ts";
import { plainRoutes } from "./framework-routes.ts";
import { RouteIndex } from "./route-index.ts";
import { routeOptions } from "./route-options.ts";
import { answers, asApp, expressVersions, type RealApp, stackOf } from "./testing/express-versions.ts";

let routes: RouteTable;
beforeEach(async () => {
  routes = await routesOfAnEngine();
});
afterEach(() => resetTelemetry());

async function routesOfAnEngine(): Promise<RouteTable> {
  await resetTelemetry();
  return createTelemetry({ exporter: "none", diagnostics: "none", shutdown: { signals: false } }).routes;
}

interface Indexed {
  readonly index: RouteIndex;
  readonly layers: ExpressLayer[];
  /** Answers the template of the route it stands in. */
  readonly tell: (request: Request, response: Response) => void;
  wait(ms: number): void;
}

function indexed(ofRoutes: RouteTable = routes, framework = plainRoutes): Indexed {
  const layers: ExpressLayer[] = [];
  let nowMs = 0;
  const index = new RouteIndex({
    framework,
    routes: ofRoutes,
    seenLayer: (layer) => layers.push(layer),
    varies: () => {},
    noteAt: () => false,
    now: () => nowMs,
  });
  return {
    index,
    layers,
    tell(request, response) {
      const seen = request as unknown as ExpressRequest;
      response.send(index.templateAt(seen, seen.route!));
    },
    wait(ms) {
      nowMs += ms;
    },
  };
}

describe.for(expressVersions)("with Express $version", ({ express, keepsPatterns }) => {
  /** An app whose routes are known, and what it tells of each path. */
  async function told(
    build: (app: RealApp, tell: Indexed["tell"]) => void,
    paths: readonly string[],
  ): Promise<string[]> {
    const { index, tell } = indexed();
    const app = express();
    build(app, tell);
    index.learn(asApp(app));
    return answers(app, paths);
  }

  function routerOf(path: string, tell: Indexed["tell"], options?: Parameters<typeof express.Router>[0]): Router {
    const router = express.Router(options);
    router.get(path, tell);
    return router;
  }

  test("routes of the app have their own pattern (R-A1)", async () => {
    const templates = await told(
      (app, tell) => {
        app.get("/", tell);
        app.get("/users/:id", tell);
        app.all("/all/:x", tell);
      },
      ["/", "/users/7", "/all/9"],
    );
    expect(templates).toEqual(["/", "/users/:id", "/all/:x"]);
  });

  test("mounts on the way are part of the template, with their parameters (R-A1)", async () => {
    const templates = await told(
      (app, tell) => {
        const inner = express.Router({ mergeParams: true });
        inner.use("/orders/:order", routerOf("/lines/:line", tell, { mergeParams: true }));
        app.use("/api", inner);
        app.use("/users/:user", inner);
      },
      ["/api/orders/1/lines/2", "/users/7/orders/1/lines/2"],
    );
    expect(templates).toEqual(["/api/orders/:order/lines/:line", "/users/:user/orders/:order/lines/:line"]);
  });

  test("one router at two places is told by where it was reached (R-A1)", async () => {
    const templates = await told(
      (app, tell) => {
        const router = routerOf("/:id", tell);
        app.use("/cats", router);
        app.use("/dogs", router);
      },
      ["/cats/1", "/dogs/2"],
    );
    expect(templates).toEqual(["/cats/:id", "/dogs/:id"]);
  });

  test("routers mounted in themselves are walked once, and told by the way a request took (R-A1, R-L5)", async () => {
    const { index, tell, layers } = indexed();
    const app = express();
    const node = express.Router({ mergeParams: true });
    node.get("/", tell);
    node.use("/children/:c", node);
    node.use("/links/:l", node);
    node.use("/", node);
    app.use("/tree", node);
    index.learn(asApp(app));
    expect(layers.filter(({ handle }) => (handle as unknown) === node)).toHaveLength(4);
    expect(await answers(app, ["/tree", "/tree/children/1/links/2/links/3"])).toEqual([
      "/tree",
      "/tree/children/:c/links/:l/links/:l",
    ]);
  });

  test("a chain of forty routers that are each mounted at two places is walked once, and each way is told (R-A1, R-L5)", async () => {
    const { index, tell, layers } = indexed();
    const app = express();
    let inner = routerOf("/leaf", tell);
    for (let depth = 0; depth < 40; depth++) {
      const router = express.Router();
      router.use(`/a${depth}`, inner);
      router.use(`/b${depth}`, inner);
      inner = router;
    }
    app.use(inner);
    index.learn(asApp(app));
    expect(layers.length).toBeLessThan(100);
    const way = Array.from({ length: 40 }, (_, i) => `/${i % 3 === 0 ? "a" : "b"}${39 - i}`).join("");
    expect(await answers(app, [`${way}/leaf`])).toEqual([`${way}/leaf`]);
  });

  test("a router that one path leads to in more ways than can be told has its own pattern alone (R-L5)", async () => {
    const templates = await told(
      (app, tell) => {
        let inner = routerOf("/leaf", tell);
        for (let depth = 0; depth < 8; depth++) {
          const router = express.Router();
          router.use(`/:a${depth}`, inner);
          router.use(`/:b${depth}`, inner);
          inner = router;
        }
        app.use(inner);
      },
      ["/1/2/3/4/5/6/7/8/leaf"],
    );
    expect(templates).toEqual(["/leaf"]);
  });

  test("thousands of places of one router are each told, whatever is remembered of them (R-A1, R-L5)", async () => {
    const { index, tell } = indexed();
    const app = express();
    const router = routerOf("/x", tell);
    app.use("/t/:tenant", router);
    for (let i = 0; i < 50; i++) app.use(`/p${i}`, router);
    index.learn(asApp(app));
    const paths = Array.from({ length: 5_000 }, (_, i) => (i % 100 === 0 ? `/p${i % 50}/x` : `/t/${i}/x`));
    const templates = paths.map((path) => path.replace(/^\/t\/\d+/, "/t/:tenant"));
    expect(await answers(app, paths)).toEqual(templates);
  });

  test("mounts that cannot be told apart are left out: never a guess, never the path (R-L5)", async () => {
    const templates = await told(
      (app, tell) => {
        const router = routerOf("/items", tell);
        app.use("/:one", router);
        app.use("/:two", router);
      },
      ["/secret/items"],
    );
    expect(templates).toEqual(["/items"]);
  });

  test("a mount by a regular expression never shows the path (R-L5)", async () => {
    const templates = await told(
      (app, tell) => app.use(/^\/v\d+/, routerOf("/items/:id", tell)),
      ["/v2/items/7", "/v31/items/8"],
    );
    const expected = keepsPatterns ? String.raw`/^\/v\d+/items/:id` : "/items/:id";
    expect(new Set(templates)).toEqual(new Set([expected]));
  });

  test("a route by a list is the pattern that is the path, or the list (R-A1)", async () => {
    const templates = await told(
      (app, tell) => {
        app.get(["/a", "/b"], tell);
        app.get(["/c/:id", "/d/:id"], tell);
      },
      ["/a", "/b?x=1", "/d/7"],
    );
    expect(templates).toEqual(["/a", "/b", "/c/:id|/d/:id"]);
  });

  test("a route by a regular expression is its source (R-L5)", async () => {
    expect(await told((app, tell) => app.get(/^\/x\d+$/, tell), ["/x12"])).toEqual([String.raw`/^\/x\d+$/`]);
  });

  test("a sub-app adds where it is mounted (R-A1)", async () => {
    const { index, tell } = indexed();
    const app = express();
    const sub = express();
    sub.get("/report/:id", tell);
    app.use("/tenants/:tenant", sub);
    index.learn(asApp(app));
    index.learn(asApp(sub));
    expect(await answers(app, ["/tenants/acme/report/7"])).toEqual(["/tenants/:tenant/report/:id"]);
  });

  test("sub-apps in sub-apps that are each mounted at several paths are told while that can be counted (R-A1, R-L5)", async () => {
    for (const [depth, expected] of [
      [3, "/a/a/a/leaf"],
      [16, "/leaf"],
    ] as const) {
      const { index, tell } = indexed();
      const apps = Array.from({ length: depth + 1 }, () => express());
      for (const [i, app] of apps.entries()) if (i > 0) apps[i - 1]!.use(["/a", "/b", "/c"], app);
      apps.at(-1)!.get("/leaf", tell);
      for (const app of apps) index.learn(asApp(app));
      expect(await answers(apps[0]!, [`${"/a".repeat(depth)}/leaf`])).toEqual([expected]);
    }
  });

  test("a route that was added later is found when the app is walked again, at most every 200 ms (R-A1)", async () => {
    const { index, tell, layers, wait } = indexed();
    const app = express();
    app.get("/first", tell);
    index.learn(asApp(app));
    app.use("/late/:id", routerOf("/x", tell));
    const walked = layers.length;
    expect(await answers(app, ["/late/1/x"])).toEqual(["/x"]);
    expect(layers.length).toBe(walked);
    wait(200);
    expect(await answers(app, ["/late/1/x"])).toEqual(["/late/:id/x"]);
  });

  test("one handle a template; a route's own options make another, by method (R-S5)", async () => {
    const { index } = indexed();
    const handles: Route[] = [];
    const take = (request: Request, response: Response): void => {
      const seen = request as unknown as ExpressRequest;
      handles.push(index.handle(seen, seen.route!, undefined, undefined)!);
      response.send("");
    };
    const app = express();
    app
      .route("/report/:id")
      .get(routeOptions({ stream: true }) as never, take)
      .post(take);
    app.get("/plain/:id", take);
    index.learn(asApp(app));
    await answers(app, ["/report/1", "/report/2", "/plain/1", "/plain/2"]);
    await answers(app, ["/report/1"], { method: "POST" });
    const [one, two, three, four, five] = handles;
    expect(one).toMatchObject({ template: "/report/:id", options: { stream: true } });
    expect(two).toBe(one);
    expect(three).toMatchObject({ template: "/plain/:id", options: {} });
    expect(four).toBe(three);
    expect(five).toMatchObject({ template: "/report/:id", options: {} });
  });

  test("engines over one app, at once or one after the other, each have their own handle of a route, a frozen one too (R-A1, R-S4)", async () => {
    const tables = [routes, await routesOfAnEngine(), await routesOfAnEngine()];
    expect(new Set(tables).size).toBe(3);
    const indexes = tables.map((table) => indexed(table).index);
    const blind = indexed(routes, { ...plainRoutes, isRoute: () => false }).index;
    const handled: (readonly (Route | undefined)[])[] = [];
    const app = express();
    app.use("/api", routerOf("/:id", take) as never);
    app.get("/frozen/:id", take);
    const frozen = stackOf(app).find(({ route }) => typeof route === "object")!.route as object;
    Object.freeze(frozen);
    function take(request: Request, response: Response): void {
      const seen = request as unknown as ExpressRequest;
      handled.push([blind, ...indexes].map((index) => index.handle(seen, seen.route!, undefined, undefined)));
      response.send("");
    }
    for (let walk = 0; walk < 2; walk++) {
      for (const index of [...indexes, blind]) index.learn(asApp(app));
      await answers(app, ["/api/1", "/frozen/1", "/api/2", "/frozen/2"]);
    }
    expect(handled).toHaveLength(8);
    for (const [i, [none, ...handles]] of handled.entries()) {
      expect(none).toBeUndefined();
      const template = i % 2 === 0 ? "/api/:id" : "/frozen/:id";
      for (const [at, handle] of handles.entries()) expect(handle).toBe(tables[at]!.get(template));
    }
    expect(Reflect.ownKeys(frozen).toSorted()).toEqual(["methods", "path", "stack"]);
  });
});
