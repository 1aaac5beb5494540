import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { attachExchange } from "@gossamer/core/adapter";
import { createServer } from "node:http";
import type { Request, Response } from "express";
import { describe, expect, test } from "vitest";
import { addLastLayers } from "./last-layers.ts";
import { asApp, expressVersions, type RealApp } from "./testing/express-versions.ts";

const noAnswer = "";

/** What arrives of the answer, to the byte but for the time. */
async function wire(app: RealApp, path: string): Promise<string> {
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const answer = await text(socket).catch(() => noAnswer);
  server.close();
  return answer.replace(/^Date: .*$/m, "Date:");
}

/** Fails with what Express cannot read the status of: within a layer that is a second error, and without one it ends the process. */
const unreadable = (): Error =>
  Object.defineProperty(new Error("odd"), "status", {
    get() {
      throw Object.assign(new Error(), { stack: "the status cannot be read" });
    },
  });

type Build = (app: RealApp) => void;
const failing: Build = (app) => {
  app.get("/halfway", (_request: Request, response: Response, next) => {
    response.write("half");
    next(new Error("too late"));
  });
  app.get("/unreadable", (_request, _response, next) => next(unreadable()));
  app.use("/after", (_request, response, next) => {
    next();
    try {
      response.set("x-after", "set");
    } catch {
      // The answer has gone.
    }
  });
};

const builds: Record<string, Build> = {
  "whose last layer fits nothing of it": (app) => {
    failing(app);
    app.use("/elsewhere", (_request, response) => void response.send("elsewhere"));
  },
  "whose last layer is a route for another method": (app) => {
    failing(app);
    app.post(/.*/, (_request, response) => void response.send("posted"));
  },
  "whose last layer passes on": (app) => {
    failing(app);
    app.use((_request, _response, next) => next());
  },
  "whose last layer is an error handler that passes on": (app) => {
    failing(app);
    app.use((error: unknown, _request: Request, _response: Response, next: (error: unknown) => void) => next(error));
  },
  "whose last layer is the failing route": (app) => {
    app.get("/halfway", (_request: Request, response: Response, next) => {
      response.write("half");
      next(new Error("too late"));
    });
  },
};
const paths = ["/halfway", "/after", "/unknown", "/%E0%A4%A"];

describe.for(expressVersions)("behind all layers of Express $version", ({ express }) => {
  function appOf(build: Build, errors?: unknown[]): RealApp {
    const app = express();
    app.set("env", "test");
    if (errors !== undefined) {
      let isMet = false;
      app.use((request, _response, next) => {
        // Whoever observed a plain server in this process has Node ask for all of it.
        attachExchange(request, {
          failed: (error: unknown) => errors.push(error),
          bindRequest() {},
          headSeen: true,
        } as never);
        if (!isMet) addLastLayers(asApp(app));
        isMet = true;
        next();
      });
    }
    build(app);
    return app;
  }

  test.for(Object.entries(builds))(
    "an app %s ends its answers as without us, to the byte (R-A1)",
    async ([, build]) => {
      for (const path of paths) {
        const errors: unknown[] = [];
        expect([path, await wire(appOf(build, errors), path)]).toEqual([path, await wire(appOf(build), path)]);
        expect(errors.length, path).toBe(path === "/halfway" ? 1 : 0);
      }
    },
  );

  test("an error that Express itself stumbles over is answered as without us, and ends no process (R-A1)", async () => {
    const build = builds["whose last layer fits nothing of it"] as Build;
    const bare = await wire(appOf(build), "/unreadable");
    expect(bare).toMatch(/^HTTP\/1.1 500 /);
    expect(await wire(appOf(build, []), "/unreadable")).toBe(bare);
  });

  test("layers that come later are asked as ever (R-A1)", async () => {
    const errors: unknown[] = [];
    const app = appOf(failing, errors);
    await wire(app, "/unknown");
    app.get("/later", (_request, response) => void response.send("later"));
    const bare = appOf((plain) => {
      failing(plain);
      plain.get("/later", (_request, response) => void response.send("later"));
    });
    for (const path of [...paths, "/later"]) expect(await wire(app, path), path).toBe(await wire(bare, path));
  });
});
