import assert from "node:assert/strict";
import { type ContractCase, identityNow, openRaw, type World } from "@gossamer/testing/contract";
import type { ExpressModule } from "./express-module.ts";
import { withApp } from "./with-app.ts";

export const pipelinedFinish =
  "response listeners run in the context of their own request, even if requests are pipelined (R-I8)";

export function expressContextCases(express: ExpressModule): ContractCase[] {
  return [
    {
      title: "the request context is active in middleware, parameter handlers, routers and error handlers (R-I8)",
      run: async (world) => {
        const seen: string[] = [];
        const look = (): void => void seen.push(identityNow().traceId);
        await withApp(
          express,
          world,
          (app) => {
            const router = express.Router();
            router.param("id", (_request, _response, next) => {
              look();
              next();
            });
            router.get("/:id", () => {
              look();
              throw new Error("on purpose");
            });
            app.use((_request, _response, next) => {
              look();
              setTimeout(next, 1);
            });
            app.use("/things", router);
            const handler: import("express").ErrorRequestHandler = (_error, _request, response, _next) => {
              look();
              response.status(500).send("x");
            };
            app.use(handler);
          },
          async (app) => {
            await app.get("/things/1");
            const { requests } = await world.settle(1);
            assert.equal(seen.length, 4);
            assert.deepEqual(new Set(seen), new Set([requests[0]?.traceId]));
          },
        );
      },
    },
    {
      title: "the request context survives every Express body parser: text, raw, urlencoded (R-I8)",
      run: (world) =>
        withApp(
          express,
          world,
          (app) => {
            app.use(express.text(), express.raw(), express.urlencoded({ extended: true }));
            app.post("/parsed", (_request, response) => void response.json(identityNow().traceId));
          },
          async (app) => {
            const types = ["text/plain", "application/octet-stream", "application/x-www-form-urlencoded"];
            const seen: string[] = [];
            for (const type of types) {
              const answer = await app.send({
                method: "POST",
                path: "/parsed",
                headers: { "content-type": type },
                body: "a=1",
              });
              seen.push(answer.json());
            }
            const { requests } = await world.settle(3);
            assert.deepEqual(
              seen,
              requests.map(({ traceId }) => traceId),
            );
          },
        ),
    },
    {
      title: "response listeners run in the context of the request that added them (R-I8)",
      run: (world) => assertFinish(world, false),
    },
    {
      title: pipelinedFinish,
      run: (world) => assertFinish(world, true),
    },
  ];

  /** Three requests over one connection, each sent after the answer to the one before, or all at once. */
  async function assertFinish(world: World, pipelined: boolean): Promise<void> {
    const seen: [string, string][] = [];
    await withApp(
      express,
      world,
      (app) => {
        app.get("/finish", (_request, response) => {
          const mine = identityNow().traceId;
          response.on("finish", () => void seen.push([mine, identityNow().traceId]));
          response.send("x");
        });
      },
      async (app) => {
        const connection = await openRaw(app.port);
        for (let i = 0; i < 3; i++) {
          connection.write(`GET /finish HTTP/1.1\r\nHost: x\r\n${i === 2 ? "Connection: close\r\n" : ""}\r\n`);
          if (!pipelined) await world.settle(i + 1);
        }
        await connection.untilClosed();
        await world.settle(3);
        assert.equal(seen.length, 3);
        for (const [mine, then] of seen) assert.equal(then, mine);
      },
    );
  }
}
