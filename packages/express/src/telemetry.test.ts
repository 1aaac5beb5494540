import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { attachExchange, createTelemetry, exchangeOf, OptionError, resetTelemetry } from "@gossamer/core/adapter";
import type { ErrorRequestHandler } from "express";
import { afterEach, expect, test, vi } from "vitest";
import { notesOf, notesOn } from "./request-notes.ts";
import { telemetry } from "./telemetry.ts";
import { answers, expressVersions } from "./testing/express-versions.ts";

afterEach(() => resetTelemetry());

const quiet = { exporter: "none", diagnostics: "none", shutdown: { signals: false } } as const;

test.for<[string, unknown, string]>([
  ["an unknown name", { traced: false }, 'Unknown option "route.traced"'],
  ["a name that is nearly right", { steam: true }, 'Did you mean "route.stream"?'],
  ["a ratio that is none", { ratio: 2 }, "route.ratio"],
  ["a ratio as text", { ratio: "0.1" }, "route.ratio"],
  ["a flag as text", { trace: "no" }, "route.trace"],
  ["a name that is none", { name: 7 }, "route.name"],
  ["attributes that are none", { attributes: { a: {} } }, "route.attributes"],
  ["nothing", undefined, "route"],
  ["text", "stream", "route"],
])("telemetry.route refuses %s at the start, and says what it wanted (R-C3)", ([, options, message]) => {
  expect(() => telemetry.route(options as never)).toThrow(OptionError);
  expect(() => telemetry.route(options as never)).toThrow(message);
});

test("telemetry.route copies its options: changing the object later changes nothing (R-S5)", () => {
  const options = { name: "report" };
  const handler = telemetry.route(options) as unknown as (...args: unknown[]) => void;
  options.name = "changed";
  const request = {};
  attachExchange(request, {} as never);
  handler(request, {}, () => {});
  expect(notesOf(request)?.given.map((one) => one.options)).toEqual([{ name: "report" }]);
});

test("telemetry.route without telemetry passes on (R-S5)", () => {
  let passed = 0;
  const handler = telemetry.route({ stream: true }) as unknown as (...args: unknown[]) => void;
  handler({}, {}, () => passed++);
  expect(passed).toBe(1);
});

test.for(expressVersions)(
  "options by another copy of the package hold as by one's own, at a route and in front of a router of Express $version (R-S5, R-I10)",
  async ({ express }) => {
    const engine = createTelemetry({ ...quiet, sampleRatio: 1 });
    vi.resetModules();
    const copy = await import("./telemetry.ts");
    expect(copy.telemetry).not.toBe(telemetry);
    const app = express();
    app.use(telemetry());
    app.get("/report", copy.telemetry.route({ trace: false }), (_request, response) => void response.send("report"));
    const router = express.Router();
    router.use(copy.telemetry.route({ ratio: 0 }));
    router.get("/:id", (_request, response) => void response.send("item"));
    app.use("/items", router);
    expect(await answers(app, ["/report", "/items/1"])).toEqual(["report", "item"]);
    expect(engine.status().sampling.decisions).toEqual({ "route-options:unsampled": 2 });
  },
);

test("telemetry refuses a wrong option at the start (R-C3)", () => {
  expect(() => telemetry({ sampleratio: 1 } as never)).toThrow('Did you mean "sampleRatio"?');
});

test("the notes on a request are its own: nobody can see, list or copy it (R-A1)", () => {
  const request = { a: 1 };
  notesOn(request);
  expect([Object.getOwnPropertyNames(request), JSON.stringify(request)]).toEqual([["a"], '{"a":1}']);
  expect(notesOf({ ...request })).toBeUndefined();
  expect(notesOf(request)).toBe(notesOn(request));
});

test.for(expressVersions)(
  "an app of Express $version is observed once, however often it is mounted (R-A1)",
  async ({ express }) => {
    const engine = createTelemetry({ ...quiet, sampleRatio: 1 });
    const app = express();
    app.use(telemetry(), telemetry(engine));
    app.get("/users/:id", (_request, response) => void response.send("ok"));
    expect(await answers(app, ["/users/1", "/users/2"])).toEqual(["ok", "ok"]);
    expect(engine.status().sampling.decisions).toEqual({ "ratio:sampled": 2 });
  },
);

test.for(expressVersions)(
  "switched off, Express $version runs as if nothing were mounted (R-I7)",
  async ({ express }) => {
    const engine = createTelemetry({ ...quiet, enabled: false });
    const app = express();
    app.use(telemetry());
    app.get("/", (request, response) => void response.send(String(exchangeOf(request) === undefined)));
    expect(await answers(app, ["/"])).toEqual(["true"]);
    expect(engine.status().state).toBe("disabled");
  },
);

test.for(expressVersions)(
  "a request whose body nobody reads is left as it is, also by the listener of Node's own server; Express $version (R-I3)",
  async ({ express }) => {
    const engine = createTelemetry({ ...quiet, sampleRatio: 1 });
    const requests: object[] = [];
    const app = express();
    app.use(telemetry(engine));
    app.get("/plain", (request, response) => {
      requests.push(request);
      response.send("ok");
    });
    app.get("/read", (request, response) => {
      requests.push(request);
      request.on("data", () => {}).on("end", () => response.send("ok"));
    });
    expect(await answers(app, ["/plain", "/read"])).toEqual(["ok", "ok"]);
    // By the time that its client has the second answer, the first request is over in every sense.
    expect(requests.map((request) => Object.hasOwn(request, "emit"))).toEqual([false, true]);
  },
);

test.for(expressVersions)(
  "telemetry is the middleware and says what it says: one import is enough; Express $version (R-A7)",
  async ({ express }) => {
    expect([telemetry.status().state, telemetry.span("before", () => 7)]).toEqual(["not-started", 7]);
    const app = express();
    app.use(telemetry({ ...quiet, sampleRatio: 1, serviceName: "one-way-in" }));
    app.get("/users/:id", (_request, response) => {
      telemetry.annotate({ "app.a": 1 });
      const text = telemetry.span("compose", () => telemetry.current()?.route?.template);
      response.send(`${text} ${telemetry.traceId()?.length}`);
    });
    expect(await answers(app, ["/users/1"])).toEqual(["/users/:id 32"]);
    expect(telemetry.status()).toMatchObject({ state: "running", spans: { started: 1 } });
    await telemetry.shutdown();
    expect(telemetry.status().state).toBe("shut-down");
  },
);

test.for(expressVersions)(
  "a request that fails or goes on behind its route has the template with its mounts, whatever other route it matched before; Express $version (R-A1, R-M1)",
  async ({ version, express }) => {
    const app = express();
    app.use(telemetry({ ...quiet, sampleRatio: 1 }));
    app.all(version.startsWith("4") ? "*" : "/*any", (_request, _response, next) => next());
    const [router, inSub] = [express.Router(), express.Router()];
    for (const some of [router, inSub]) {
      some.get("/fails/:id", () => {
        throw new TypeError("it fails");
      });
      some.get("/goes-on/:id", (_request, _response, next) => next());
      some.get("/answers/:id", (_request, response) => tell(response));
    }
    function tell(response: { send: (text: string) => unknown }): void {
      response.send(String(telemetry.current()?.route?.template));
    }
    const sub = express();
    sub.use("/in", inSub);
    app.use("/api", router);
    app.use("/of/:tenant", router);
    app.use("/sub", sub);
    app.use((_request, response) => tell(response));
    const onError: ErrorRequestHandler = (_error, _request, response, _next) => tell(response);
    app.use(onError);
    const mounts = { "/api": "/api", "/of/7": "/of/:tenant", "/sub/in": "/sub/in" };
    for (let time = 0; time < 2; time++) {
      for (const [base, template] of Object.entries(mounts)) {
        // Another app, mounted in this one, is known once it has answered a request.
        expect(await answers(app, [`${base}/answers/1`, `${base}/fails/1`, `${base}/goes-on/1`])).toEqual([
          `${template}/answers/:id`,
          `${template}/fails/:id`,
          `${template}/goes-on/:id`,
        ]);
      }
    }
  },
);

test.for(expressVersions)(
  "the layer of a route is taken over once, however often telemetry is made anew over its app; Express $version (R-A1)",
  async ({ express }) => {
    const app = express();
    let mounted = telemetry({ ...quiet, sampleRatio: 1 });
    app.use((request, response, next) => mounted(request as never, response as never, next));
    const router = express.Router();
    router.get("/:id", (_request, response) => {
      response.send(
        `${telemetry.current()?.route?.template} ${new Error("here").stack?.match(/telemetryRoute/g)?.length}`,
      );
    });
    app.use("/a", router);
    app.use("/b/:b", router);
    for (let time = 0; time < 5; time++) {
      expect(await answers(app, ["/a/1", "/b/1/2"])).toEqual(["/a/:id 1", "/b/:b/:id 1"]);
      await resetTelemetry();
      mounted = telemetry({ ...quiet, sampleRatio: 1 });
    }
  },
);

test("a second call with other options is one line that names what was called (R-I10)", () => {
  const lines: string[] = [];
  const given = { ...quiet, diagnostics: "warn", log: (line: string) => lines.push(line) } as const;
  telemetry({ ...given, sampleRatio: 0.25 });
  telemetry({ ...given, sampleRatio: 0.5 });
  expect(lines.filter((line) => line.includes("GSM_ENGINE_EXISTS"))).toEqual([
    expect.stringContaining("telemetry(…) was given other options"),
  ]);
});

test.for(expressVersions)(
  "explain describes the current request by the route it matched: Express $version (R-S4)",
  async ({ express }) => {
    const app = express();
    app.use(telemetry({ ...quiet, sampleRatio: 0.5 }) as never);
    const routes = express.Router();
    routes.get("/quiet/:id", telemetry.route({ ratio: 0.25 }) as never, (request, response) => {
      response.json(telemetry.explain(request));
    });
    routes.get("/plain", (request, response) => response.json(telemetry.explain(request)));
    app.use("/in", routes);
    const [quietly, plainly] = await answers(app, ["/in/quiet/7", "/in/plain"]);
    expect(JSON.parse(quietly ?? "")).toMatchObject({ decidedBy: "route", ratio: 0.25 });
    expect(JSON.parse(plainly ?? "")).toMatchObject({ decidedBy: "default", ratio: 0.5 });
  },
);

test("handed to a server of Node itself it throws at no request, and one line says what to write (R-C3)", () => {
  const lines: string[] = [];
  createTelemetry({ ...quiet, diagnostics: "warn", log: (line) => lines.push(line) });
  const server = createServer(telemetry as never);
  const request = new IncomingMessage(new Socket());
  for (let i = 0; i < 2; i++) server.emit("request", request, new ServerResponse(request));
  expect(lines).toEqual([expect.stringMatching(/http\.createServer\(telemetry\).*GSM_WRONG_MOUNT/)]);
});

test.for(expressVersions)(
  "forgotten parentheses, app.use(telemetry): requests are answered as without it, and one line says what to write; Express $version (R-I1, R-C3)",
  async ({ express }) => {
    const lines: string[] = [];
    createTelemetry({ ...quiet, diagnostics: "warn", log: (line) => lines.push(line) });
    const app = express();
    app.use(telemetry as never);
    app.get("/", (_request, response) => void response.send("ok"));
    expect(await answers(app, ["/", "/", "/"])).toEqual(["ok", "ok", "ok"]);
    expect(lines).toEqual([
      "gossamer: app.use(telemetry) observes no request: write app.use(telemetry()) [GSM_WRONG_MOUNT]",
    ]);
  },
);

test.for(expressVersions)(
  "telemetry behind the routes of an app of Express $version says so in one line, and what to do (R-D6)",
  async ({ express }) => {
    const lines: string[] = [];
    const engine = createTelemetry({
      ...quiet,
      diagnostics: "warn",
      log: (line) => void lines.push(line),
      sampleRatio: 1,
    });
    const app = express();
    app.get("/users/:id", (_request, response) => void response.send("user"));
    const orders = express.Router();
    orders.get("/", (_request, response) => void response.send("orders"));
    app.use("/orders", orders);
    app.use(telemetry(engine));
    app.get("/late", (_request, response) => void response.send("late"));
    expect(await answers(app, ["/users/1", "/orders", "/late", "/late"])).toEqual(["user", "orders", "late", "late"]);
    expect(lines).toEqual([
      "gossamer: 2 routes (/users/:id, …) are not observed: call app.use(telemetry()) before them [GSM_ROUTE_ORDER]",
    ]);
  },
);

test.for(expressVersions)(
  "a health check in front of telemetry in an app of Express $version is meant, and so is telemetry of a router: no line (R-D6)",
  async ({ express }) => {
    const lines: string[] = [];
    const engine = createTelemetry({
      ...quiet,
      diagnostics: "warn",
      log: (line) => void lines.push(line),
      sampleRatio: 1,
    });
    const app = express();
    app.use((_request, _response, next) => next());
    app.get("/health", (_request, response) => void response.send("ok"));
    app.use(telemetry(engine));
    for (const path of ["/a", "/b"]) app.get(path, (_request, response) => void response.send(path));
    expect(await answers(app, ["/health", "/a"])).toEqual(["ok", "/a"]);
    const other = express();
    other.get("/health", (_request, response) => void response.send("ok"));
    const router = express.Router();
    router.use(telemetry(engine));
    router.get("/", (_request, response) => void response.send("in it"));
    other.use("/in", router);
    expect(await answers(other, ["/health", "/in"])).toEqual(["ok", "in it"]);
    expect(lines).toEqual([]);
  },
);
