import "reflect-metadata";
import { resetTelemetry } from "@gossamer/core";
import { nodeOutcome, nodeReader } from "@gossamer/core/adapter";
import { Controller, Get, Logger, type LoggerService, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createLogger } from "./create-logger.ts";
import { loggerService } from "./logger-service.ts";
import { CapturedLines, type Line } from "./testing/captured-lines.ts";
import { testEngine } from "./testing/test-engine.ts";

afterEach(() => resetTelemetry());

function made() {
  const engine = testEngine();
  const out = new CapturedLines();
  const logger = createLogger(engine, { destination: out, level: "trace" });
  return { engine, out, service: loggerService(logger) satisfies LoggerService };
}

test("Nest's own lines and those of its Logger carry the active ids and their context (R-G5)", async () => {
  const { engine, out, service } = made();
  class OrdersController {
    readonly #logger = new Logger(OrdersController.name);
    async find(): Promise<object> {
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#logger.log("looking it up");
      this.#logger.error("not there", new RangeError("too far").stack);
      return { traceId: engine.traceId() };
    }
  }
  // What the decorators do: this file's compiler has none.
  Controller("orders")(OrdersController);
  const handler = Object.getOwnPropertyDescriptor(OrdersController.prototype, "find")!;
  Get(":id")(OrdersController.prototype, "find", handler);
  class AppModule {}
  Module({ controllers: [OrdersController] })(AppModule);

  const app = await NestFactory.create<NestExpressApplication>(AppModule, { bufferLogs: true });
  app.useLogger(service);
  app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const exchange = engine.begin(request, nodeReader);
    response.on("close", () => exchange.end(nodeOutcome(response)));
    exchange.run(next);
  });
  try {
    await app.listen(0, "127.0.0.1");
    expect(lineOf(out, "Nest application successfully started")).toMatchObject({
      context: "NestApplication",
      level: 30,
    });
    const { traceId } = (await (await fetch(`${await app.getUrl()}/orders/7`)).json()) as { traceId: string };
    await expect.poll(() => out.last["msg"]).toBe("GET 200");
    expect(lineOf(out, "looking it up")).toMatchObject({ context: "OrdersController", trace_id: traceId, level: 30 });
    expect(lineOf(out, "not there")).toMatchObject({
      context: "OrdersController",
      trace_id: traceId,
      level: 50,
      err: { message: "not there", stack: expect.stringContaining("RangeError: too far") },
    });
  } finally {
    await app.close();
  }
});

test("each of Nest's levels has its own of pino, and objects, errors and odd values are told (R-G5)", () => {
  const { out, service } = made();
  for (const level of ["verbose", "debug", "log", "warn", "error", "fatal"] as const) service[level]("text", "Context");
  expect(out.lines.map(({ level }) => level)).toEqual([10, 20, 30, 40, 50, 60]);
  service.log({ order: 7 }, "Orders");
  expect(out.last).toMatchObject({ context: "Orders", params: [{ order: 7 }] });
  service.error(new RangeError("too far"), "Orders");
  expect(out.last).toMatchObject({ msg: "too far", err: { type: "RangeError" }, context: "Orders" });
  service.log("text", { more: 1 }, 7, "Orders");
  expect(out.last).toMatchObject({ msg: "text", params: [{ more: 1 }, 7], context: "Orders" });
  for (const odd of [undefined, null, 7n, Symbol("s"), "%s %j %", Object.create(null)]) service.log(odd);
  expect(out.lines).toHaveLength(15);
});

test("a level that is off costs no line (R-G3)", () => {
  const out = new CapturedLines();
  const service = loggerService(createLogger(testEngine(), { destination: out, level: "warn" }));
  service.log("no");
  service.warn("yes");
  expect(out.lines.map(({ msg }) => msg)).toEqual(["yes"]);
});

function lineOf(out: CapturedLines, message: string): Line | undefined {
  return out.lines.find(({ msg }) => msg === message);
}

/** CPU time of this process: on a busy machine the clock counts the time of others. */
function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

test("a message that quotes 90 KB of line ends costs a moment, and what it quotes is no stack (A5)", () => {
  const { out, service } = made();
  const quoted = ["\n", "\n ", "\n at", "\nat ", "\r\n", "\n\t \u00a0", "$", "a."];
  const { stack } = new RangeError("too far");
  const began = spentMs();
  for (const unit of quoted) {
    const message = unit.repeat(90_000 / unit.length);
    service.error(message, `${message}at the end`, "Orders");
    service.error(message, `RangeError: ${message}\n    at place (file.js:1:1)`, "Orders");
    expect(out.last).toMatchObject({ context: "Orders", err: { type: "RangeError" } });
    // What is found at once costs nothing: an expression is dear where it finds none.
    service.error(message, `${message}no stack`, "Orders");
    expect(out.last).toMatchObject({ context: "Orders", params: [`${message}no stack`] });
    expect(out.last).not.toHaveProperty("err");
  }
  service.error("not there", stack, "Orders");
  expect(out.last).toMatchObject({ msg: "not there", err: { type: "RangeError" } });
  // The expression that was here took 9 s for the first of them.
  expect(spentMs() - began).toBeLessThan(4_000);
});
