import { resetTelemetry } from "@gossamer/core";
import { nodeOutcome, nodeReader } from "@gossamer/core/adapter";
import Fastify from "fastify";
import { afterEach, expect, test } from "vitest";
import { createLogger } from "./create-logger.ts";
import { CapturedLines } from "./testing/captured-lines.ts";
import { testEngine } from "./testing/test-engine.ts";

afterEach(() => resetTelemetry());

test("Fastify's request.log and app.log carry the active ids, and the request has one line (R-G5)", async () => {
  const engine = testEngine();
  const out = new CapturedLines();
  const app = Fastify({ loggerInstance: createLogger(engine, { destination: out, level: "info" }) });
  app.addHook("onRequest", (request, reply, next) => {
    const exchange = engine.begin(request.raw, nodeReader);
    reply.raw.on("close", () => exchange.end(nodeOutcome(reply.raw)));
    exchange.run(next);
  });
  app.get("/orders/:id", async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    request.log.info({ order: 7 }, "looking it up");
    app.log.info("by the app");
    return { traceId: engine.traceId() };
  });
  try {
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    out.texts.length = 0;
    const { traceId } = (await (await fetch(`${address}/orders/7`)).json()) as { traceId: string };
    await expect.poll(() => out.last["msg"]).toBe("GET 200");
    expect(out.lines.filter(({ trace_id: id }) => id === traceId).map(({ msg }) => msg)).toEqual([
      "looking it up",
      "by the app",
      "request completed",
      "GET 200",
    ]);
    expect(out.lines.find(({ msg }) => msg === "looking it up")).toMatchObject({
      order: 7,
      reqId: expect.any(String),
      trace_flags: "03",
    });
  } finally {
    await app.close();
  }
});
