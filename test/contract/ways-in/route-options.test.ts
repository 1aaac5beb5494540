import { createServer } from "node:http";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import express, { type Express, type RequestHandler } from "express";
import express4 from "express4";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listening } from "./listening.ts";
import { settled } from "./settled.ts";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry();
});
afterEach(() => kit.stop());

const { route } = expressTelemetry;
const answer: RequestHandler = (_request, response) => void response.send("x");
const goOn: RequestHandler = (_request, _response, next) => {
  next();
};

describe.for([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s", ([, make]) => {
  async function namesOf(build: (app: Express) => void, paths: readonly string[]): Promise<string[]> {
    const app = make();
    app.use(expressTelemetry(kit.telemetry));
    build(app);
    return listening(createServer(app), async (port) => {
      for (const path of paths) await fetch(`http://127.0.0.1:${port}${path}`);
      return (await settled(kit, paths.length)).map(({ name }) => name);
    });
  }

  test("options before a handler without a route apply: a name, attributes, and no trace (R-S5, C8)", async () => {
    const names = await namesOf(
      (app) => {
        app.use("/files", route({ name: "a file", attributes: { "app.tier": "static" } }), answer);
        app.use("/quiet", route({ trace: false }), answer);
        app.use("/plain", answer);
      },
      ["/files/logo.svg", "/quiet/1", "/plain/1"],
    );
    expect(names).toEqual(["GET a file", "GET"]);
    expect(kit.spans[0]?.attributes["app.tier"]).toBe("static");
    // A path that was mounted is no route: nothing of a raw path becomes a series.
    const points = await kit.points("http.server.request.duration");
    expect(points.map(({ attributes }) => attributes["http.route"])).toEqual([undefined]);
  });

  test("if a route calls next(), the options of the route that answers apply (R-S5, C9)", async () => {
    const names = await namesOf(
      (app) => {
        app.get("/orders/new", route({ trace: false, name: "never" }), (_request, _response, next) => {
          next("route");
        });
        app.get("/orders/:id", answer);
        app.get("/named/new", route({ name: "the first" }), goOn);
        app.get("/named/:id", route({ name: "the second" }), answer);
      },
      ["/orders/new", "/named/new"],
    );
    expect(names).toEqual(["GET /orders/:id", "GET the second"]);
  });

  test("options before a router apply to its own routes, not to a route after it (R-S5, C9)", async () => {
    const names = await namesOf(
      (app) => {
        const router = make.Router();
        router.use(route({ name: "inside" }));
        router.get("/known", answer);
        app.use("/shop", router);
        app.get("/shop/:page", answer);
      },
      ["/shop/known", "/shop/other"],
    );
    expect(names).toEqual(["GET inside", "GET /shop/:page"]);
  });
});
