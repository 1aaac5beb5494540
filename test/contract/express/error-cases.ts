import assert from "node:assert/strict";
import type { ErrorRequestHandler, Express } from "express";
import { type ContractCase, PaymentError } from "@gossamer/testing/contract";
import type { ExpressModule } from "./express-module.ts";
import { withApp, withPlainApp } from "./with-app.ts";

export function expressErrorCases(express: ExpressModule): ContractCase[] {
  const answering =
    (status: number): ErrorRequestHandler =>
    (_error, _request, response, next) => {
      if (response.headersSent) next();
      else response.status(status).send("handled");
    };

  return [
    {
      title: "an error that an error handler answers with a 4xx is not a failure, on the span or in the metrics (R-A1)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.get("/pay", () => {
              throw new PaymentError("declined");
            });
            app.use(answering(402));
          },
          async (app) => {
            assert.equal((await app.get("/pay")).body, "handled");
            const { requests, durations } = await world.settle(1);
            assert.equal(requests[0]?.status.code, 0);
            assert.equal("error.type" in (requests[0]?.attributes ?? {}), false);
            assert.equal("error.type" in (durations[0]?.attributes ?? {}), false);
          },
        ),
    },
    {
      title:
        "an error that an error handler answers with a 5xx is reported unchanged, on the span and in the metrics (R-A1, R-G7)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.get("/pay", (_request, _response, next) => {
              next(new PaymentError("declined"));
            });
            app.use(answering(503));
          },
          async (app) => {
            assert.equal((await app.get("/pay")).status, 503);
            const { requests, durations } = await world.settle(1);
            assert.deepEqual(requests[0]?.status, { code: 2, message: "declined" });
            assert.equal(requests[0]?.attributes["error.type"], "PaymentError");
            assert.equal(durations[0]?.attributes["error.type"], "PaymentError");
            assert.equal(requests[0]?.name, "GET /pay");
          },
        ),
    },
    {
      title: "an error thrown by middleware before routing is recorded on the request's span (R-A1, R-G7)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.use((_request, _response, next) => {
              next(new PaymentError("no session"));
            });
            app.get("/pay", (_request, response) => void response.send("never"));
            app.use(answering(500));
          },
          async (app) => {
            await app.get("/pay");
            const { requests } = await world.settle(1);
            assert.equal(requests[0]?.name, "GET");
            assert.equal(requests[0]?.attributes["error.type"], "PaymentError");
          },
        ),
    },
    {
      title: "errors in mounted routers and sub-apps are recorded, no matter which handler answers them (R-A1, R-G7)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            const router = express.Router();
            router.get("/inside", () => {
              throw new PaymentError("in the router");
            });
            router.use(answering(500));
            const sub = express();
            sub.get("/inside", () => {
              throw new PaymentError("in the sub-app");
            });
            sub.use(answering(502));
            const passing = express();
            passing.get("/inside", () => {
              throw new PaymentError("passed up");
            });
            app.use("/router", router);
            app.use("/sub", sub);
            app.use("/passing", passing);
          },
          async (app) => {
            for (const path of ["/router/inside", "/sub/inside", "/passing/inside"]) await app.get(path);
            const seen = await world.settle(3);
            for (const [path, message] of [
              ["/router/inside", "in the router"],
              ["/sub/inside", "in the sub-app"],
              ["/passing/inside", "passed up"],
            ] as const) {
              const { attributes, status } = seen.request(path);
              assert.deepEqual([attributes["error.type"], status.message], ["PaymentError", message]);
            }
          },
        ),
    },
    {
      title: "an error after the headers were sent cuts off the response and is recorded on the span (R-M2, R-G7)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.get("/half", (_request, response, next) => {
              response.write("half");
              next(new PaymentError("in the middle"));
            });
          },
          async (app) => {
            await app.raw("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
            const { requests, aborted } = await world.settle(1);
            assert.equal(aborted, 1);
            assert.notEqual(requests[0]?.attributes["error.type"], undefined);
          },
        ),
    },
    {
      title: "anything thrown, even null or undefined, gets the same response as without telemetry (R-A1)",
      run: async (world) => {
        const thrown: readonly unknown[] = [
          null,
          undefined,
          0,
          "",
          "text",
          42,
          Symbol("s"),
          { status: 418 },
          Object.create(null),
          hostile(),
        ];
        const build = (app: Express): void => {
          for (const [i, value] of thrown.entries()) {
            app.get(`/throw/${i}`, () => {
              throw value;
            });
            app.get(`/next/${i}`, (_request, _response, next) => {
              next(value);
            });
          }
          const quiet: ErrorRequestHandler = (error, _request, response, _next) => {
            response.status(500).send(typeof error);
          };
          app.use(quiet);
        };
        const paths = thrown.flatMap((_, i) => [`/throw/${i}`, `/next/${i}`]);
        const answers: string[][] = [];
        await withPlainApp(express, world, build, async (app) => {
          answers.push(await Promise.all(paths.map(async (path) => `${path} ${(await app.get(path)).status}`)));
        });
        await withApp(express, world, build, async (app) => {
          answers.push(await Promise.all(paths.map(async (path) => `${path} ${(await app.get(path)).status}`)));
          await world.settle(paths.length);
        });
        assert.deepEqual(answers[1], answers[0]);
        assert.deepEqual(world.telemetry.status().faults, {});
      },
    },
    {
      title: "error handlers keep their number of parameters, their order and their this (R-A1)",
      run: async (world) => {
        const calls: string[] = [];
        const first: ErrorRequestHandler = (error: Error, _request, _response, next) => {
          calls.push(`first ${error.message}`);
          next(new Error("second"));
        };
        const second: ErrorRequestHandler = (error: Error, _request, response, _next) => {
          calls.push(`second ${error.message}`);
          response.status(500).send("x");
        };
        await withApp(
          express,
          world,
          (app) => {
            app.get("/", () => {
              throw new Error("first");
            });
            app.use(first, second);
          },
          async (app) => {
            await app.get("/");
            await app.get("/");
            const { requests } = await world.settle(2);
            assert.deepEqual(calls, ["first first", "second second", "first first", "second second"]);
            // The first error is the cause.
            assert.equal(requests[0]?.status.message, "first");
          },
        );
      },
    },
  ];
}

/** An error that does not want to be looked at. */
function hostile(): Error {
  const error = new Error("hostile");
  for (const key of ["name", "message", "stack"]) {
    Object.defineProperty(error, key, {
      get() {
        throw new Error("do not look");
      },
    });
  }
  return error;
}
