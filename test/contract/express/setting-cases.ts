import assert from "node:assert/strict";
import { telemetry as expressTelemetry } from "@gossamer/express";
import type { ErrorRequestHandler, Express, NextFunction, Response } from "express";
import { type ContractCase, openRaw, PaymentError } from "@gossamer/testing/contract";
import type { ExpressModule } from "./express-module.ts";
import { withApp, withPlainApp } from "./with-app.ts";

export function expressSettingCases(express: ExpressModule): ContractCase[] {
  return [
    {
      title: "the client's address follows trust proxy, even if that is set after the middleware is added (R-A1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.set("trust proxy", true);
            app.get("/", (_request, response) => void response.send("x"));
          },
          async (app) => {
            await app.send({ path: "/", headers: { "x-forwarded-for": "203.0.113.9, 10.0.0.1" } });
            const { requests } = await world.settle(1);
            assert.equal(requests[0]?.attributes["client.address"], "203.0.113.9");
            assert.match(String(requests[0]?.attributes["network.peer.address"]), /127\.0\.0\.1$/);
          },
        ),
    },
    {
      title: "without trust proxy, no client can pretend to have another address (R-A1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.get("/", (_request, response) => void response.send("x"));
          },
          async (app) => {
            await app.send({ path: "/", headers: { "x-forwarded-for": "203.0.113.9" } });
            const { requests } = await world.settle(1);
            assert.match(String(requests[0]?.attributes["client.address"]), /127\.0\.0\.1$/);
          },
        ),
    },
    {
      title: "a trust proxy function that throws does not change the response (R-A1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.set("trust proxy", () => {
              throw new Error("the proxy rule failed");
            });
            app.get("/", (_request, response) => void response.send("x"));
          },
          async (app) => {
            assert.equal((await app.get("/")).body, "x");
            assert.equal((await world.settle(1)).counted, 1);
          },
        ),
    },
    {
      title: "app settings made after telemetry was added work as after any other middleware (R-A1)",
      async run(world) {
        const build = (app: Express): void => {
          app.set("etag", false);
          app.set("json spaces", 2);
          app.disable("x-powered-by");
          app.set("query parser", "extended");
          app.enable("strict routing");
          app.enable("case sensitive routing");
          app.set("subdomain offset", 1);
          app.get(
            "/Settings",
            (request, response) => void response.json({ query: request.query, subdomains: request.subdomains }),
          );
        };
        const answers: string[][] = [];
        const ask = async (app: { raw(text: string): Promise<string> }): Promise<void> => {
          const received: string[] = [];
          for (const path of ["/Settings?a[b]=1", "/settings", "/Settings/"]) {
            const text = await app.raw(`GET ${path} HTTP/1.1\r\nHost: a.b.example\r\nConnection: close\r\n\r\n`);
            received.push(text.replace(/^Date: .*$/m, ""));
          }
          answers.push(received);
        };
        await withPlainApp(
          express,
          world,
          (app) => {
            app.use((_request, _response, next) => {
              next();
            });
            build(app);
          },
          ask,
        );
        await withApp(express, world, build, ask);
        assert.deepEqual(answers[1], answers[0]);
      },
    },
    {
      title: "a request through fifty mounts of the middleware gets one record and causes no warning (R-A1)",
      async run(world) {
        const warnings: string[] = [];
        const warned = (warning: Error): void => void warnings.push(String(warning));
        process.on("warning", warned);
        try {
          await withApp(
            express,
            world,
            (app) => {
              for (let i = 0; i < 50; i++) app.use(expressTelemetry(world.telemetry));
              const router = express.Router();
              router.use(expressTelemetry(world.telemetry));
              router.get("/:id", (_request, response) => void response.send("x"));
              app.use("/r", router);
            },
            async (app) => {
              await app.get("/r/1");
              const { requests, counted } = await world.settle(1);
              assert.deepEqual([requests.length, counted], [1, 1]);
              assert.equal(requests[0]?.name, "GET /r/:id");
            },
          );
        } finally {
          process.off("warning", warned);
        }
        assert.deepEqual(warnings, []);
      },
    },
    {
      title:
        "telemetry can come after other middleware: the time before it is not measured, and no request is lost (R-A1)",
      run: (world) =>
        withPlainApp(
          express,
          world,
          (app) => {
            app.use((_request, _response, next) => {
              setTimeout(next, 1);
            });
            app.use(express.json());
            app.use(expressTelemetry(world.telemetry));
            app.post("/items/:id", (request, response) => void response.json(request.body));
          },
          async (app) => {
            const headers = { "content-type": "application/json" };
            assert.equal(
              (await app.send({ method: "POST", path: "/items/1", headers, body: '{"a":1}' })).body,
              '{"a":1}',
            );
            assert.equal((await world.settle(1)).requests[0]?.name, "POST /items/:id");
          },
        ),
    },
    {
      title: "a request whose client leaves while earlier middleware waits gets one record (R-A1, R-M2)",
      run: (world) =>
        withPlainApp(
          express,
          world,
          (app) => {
            app.use((_request, response, next) => {
              world.fixture.latches.open("early:entered");
              response.on("close", () => {
                next();
              });
            });
            app.use(expressTelemetry(world.telemetry));
            app.get("/", (_request, response) => void response.send("too late"));
          },
          async (app) => {
            const connection = await openRaw(app.port);
            connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await world.fixture.latches.wait("early:entered");
            connection.reset();
            const { aborted } = await world.settle(1);
            assert.equal(aborted, 1);
            assert.deepEqual(world.telemetry.status().faults, {});
          },
        ),
    },
    {
      title: "an event stream is recognized even if middleware replaces the response's writeHead (R-M2)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.use((_request, response, next) => {
              const { writeHead } = response;
              response.writeHead = function (this: typeof response, ...given: unknown[]) {
                this.setHeader("x-late", "1");
                return Reflect.apply(writeHead, this, given) as typeof response;
              };
              next();
            });
            app.get("/events", (_request, response) => {
              response.setHeader("content-type", "text/event-stream");
              response.write("data: first\n\n");
            });
          },
          async (app) => {
            const connection = await openRaw(app.port);
            connection.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
            await connection.until("data: first");
            assert.match(connection.received, /x-late: 1/i);
            connection.reset();
            const { streams, aborted } = await world.settle(1);
            assert.deepEqual([streams.length, aborted], [1, 0]);
          },
        ),
    },
    {
      title:
        "an event stream that the service breaks off with an error counts as aborted and is kept as a failure (R-M2, R-S10)",
      telemetry: { sampleRatio: 0 },
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            const fails: Record<string, (response: Response, next: NextFunction) => void> = {
              destroyed: (response) => void response.destroy(new RangeError("upstream gone")),
              next: (_response, next) => next(new RangeError("upstream gone")),
            };
            app.get("/events/:how", (request, response, next) => {
              response.setHeader("content-type", "text/event-stream");
              response.write("data: first\n\n");
              setTimeout(() => fails[request.params.how ?? ""]?.(response, next), 5);
            });
            app.use(((error, _request, _response, next) => next(error)) as ErrorRequestHandler);
          },
          async (app) => {
            await assert.rejects(app.get("/events/destroyed"));
            await assert.rejects(app.get("/events/next"));
            const { requests, streams, aborted } = await world.settle(2);
            assert.deepEqual([streams.length, aborted], [1, 2]);
            for (const { attributes, status } of requests) {
              const told = [attributes["error.type"], attributes["sampling.reason"], status.message];
              assert.deepEqual(told, ["aborted", "error", "upstream gone"]);
            }
          },
        ),
    },
    {
      title: "an event stream whose handler fails because the client left counts as ended normally (R-M2)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.get("/events", (request, response, next) => {
              response.setHeader("content-type", "text/event-stream");
              response.write("data: first\n\n");
              request.on("close", () => next(new Error("client gone")));
              request.on("aborted", () => response.destroy(new Error("client gone")));
            });
            app.use(((error, _request, _response, next) => next(error)) as ErrorRequestHandler);
          },
          async (app) => {
            for (const leaves of ["resets", "ends"]) {
              const connection = await openRaw(app.port);
              connection.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
              await connection.until("data: first");
              if (leaves === "resets") connection.reset();
              else connection.socket.end();
            }
            const { requests, aborted } = await world.settle(2);
            assert.deepEqual([requests.map(({ status }) => status.code), aborted], [[0, 0], 0]);
          },
        ),
    },
    {
      title:
        "internalSpans gives each middleware a span that ends when it calls next, fails or answers; handlers come after them (R-I1)",
      telemetry: { internalSpans: true },
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            const router = express.Router();
            router.use(function audit(_request, _response, next) {
              world.telemetry.span("write audit", () => {});
              next();
            });
            router.get("/:id", (_request, response) => {
              world.telemetry.span("load", () => {});
              response.send("x");
            });
            app.use(function session(_request, _response, next) {
              setTimeout(next, 1);
            });
            app.use(function refuse(request, response, next) {
              if (request.query["refused"] === undefined) next();
              else response.status(401).send("no");
            });
            app.use(function fail(request, _response, next) {
              if (request.query["failed"] === undefined) next();
              else next(new PaymentError("declined"));
            });
            app.use(function throwing(request, _response, next) {
              if (request.query["thrown"] !== undefined) throw new PaymentError("thrown");
              next();
            });
            app.use("/things", router);
          },
          async (app) => {
            const statuses: number[] = [];
            for (const query of ["", "?refused", "?failed", "?thrown"])
              statuses.push((await app.get(`/things/1${query}`)).status);
            assert.deepEqual(statuses, [200, 401, 500, 500]);
            const { spans, requests } = await world.settle(4);
            const seen = requests.map(({ spanId }) =>
              spans
                .filter(({ parentSpanId }) => parentSpanId === spanId)
                .map(({ name, status }) => (status.code === 2 ? `${name} failed: ${status.message}` : name)),
            );
            const [served, refused, failed, thrown] = seen.map((names) => names.sort());
            const before = ["middleware session"];
            assert.deepEqual(served, [
              "load",
              "middleware audit",
              "middleware fail",
              "middleware refuse",
              ...before,
              "middleware throwing",
            ]);
            assert.deepEqual(refused, ["middleware refuse", ...before]);
            assert.deepEqual(failed, ["middleware fail failed: declined", "middleware refuse", ...before]);
            assert.deepEqual(thrown, [
              "middleware fail",
              "middleware refuse",
              ...before,
              "middleware throwing failed: thrown",
            ]);
            const audit = spans.find(({ name }) => name === "middleware audit");
            assert.equal(spans.find(({ name }) => name === "write audit")?.parentSpanId, audit?.spanId);
          },
        ),
    },
    {
      title: "without internalSpans, no middleware gets a span (R-I1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.use((_request, _response, next) => {
              next();
            });
            app.get("/", (_request, response) => void response.send("x"));
          },
          async (app) => {
            await app.get("/");
            assert.equal((await world.settle(1)).spans.length, 1);
          },
        ),
    },
    {
      title: "telemetry() without an engine uses the one of the process (R-I10, R-A1)",
      run: (world) =>
        withPlainApp(
          express,
          world,
          (app) => {
            app.use(expressTelemetry());
            app.get("/", (_request, response) => void response.send("x"));
          },
          async (app) => {
            await app.get("/");
            assert.equal((await world.settle(1)).requests.length, 1);
          },
        ),
    },
    {
      title: "two apps in one process are both counted (R-A1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.get("/second/:id", (_request, response) => void response.send("x"));
          },
          async (app) => {
            await app.get("/second/1");
            await world.send("/items/1");
            const { requests } = await world.settle(2);
            assert.deepEqual(requests.map(({ name }) => name).sort(), ["GET /items/:id", "GET /second/:id"]);
          },
        ),
    },
    {
      title: "a request passed to another app by hand gets one record (R-A1)",
      run: (world) => {
        const inner = express();
        inner.use(expressTelemetry(world.telemetry));
        inner.get("/by-hand", (_request, response) => void response.send("inner"));
        return withApp(
          express,
          world,
          (app) => {
            app.use((request, response) => {
              inner(request, response);
            });
          },
          async (app) => {
            assert.equal((await app.get("/by-hand")).body, "inner");
            assert.equal((await world.settle(1)).requests.length, 1);
          },
        );
      },
    },
  ];
}
