import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { nodeReader } from "./node-reader.ts";
import { type NodeAdapter, observeNode, type RequestEngine } from "./observe-node.ts";

type Pair = readonly [IncomingMessage, ServerResponse];

function pair(): Pair {
  const socket = Object.assign(new Socket(), { server: {} });
  const request = new IncomingMessage(socket);
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  return [request, response];
}

/** An engine that notes what it is told. */
function engine(backpressure?: RequestEngine["backpressure"]) {
  const told: string[] = [];
  const exchange = {
    headSeen: false,
    run(next: () => void) {
      told.push("run");
      next();
    },
    end: ({ completed }: { completed: boolean }) => told.push(`end ${completed ? "completed" : "aborted"}`),
    abandoned: () => told.push("abandoned"),
    bindRequest: () => told.push("bound"),
  };
  const telemetry: RequestEngine = {
    begin: () => {
      told.push("begin");
      return exchange as never;
    },
    backpressure,
    guard(setUp) {
      try {
        setUp();
      } catch {
        told.push("fault");
      }
    },
  };
  return { telemetry, told };
}

function observerOf(telemetry: RequestEngine, more: Partial<NodeAdapter<IncomingMessage, ServerResponse>> = {}) {
  return observeNode<IncomingMessage, ServerResponse>(telemetry, {
    reader: nodeReader,
    nodeRequest: (request) => request,
    nodeResponse: (response) => response,
    ...more,
  });
}

test("a request begins once and ends once, however often it comes by (R-A4)", () => {
  const { telemetry, told } = engine();
  const observe = observerOf(telemetry);
  const [request, response] = pair();
  for (let i = 0; i < 2; i++) observe(request, response, () => told.push("next"));
  response.emit("close");
  expect(told).toEqual(["begin", "run", "next", "next", "abandoned", "end aborted"]);
});

test("a request whose response has closed already ends at once, and goes on as it would (R-A4)", () => {
  const { telemetry, told } = engine();
  const [request, response] = pair();
  Object.defineProperty(response, "closed", { value: true });
  observerOf(telemetry)(request, response, () => told.push("next"));
  expect(told).toEqual(["begin", "end aborted", "run", "next"]);
});

test("set-up of an adapter that throws is counted, and the request goes on (R-P5)", () => {
  const { telemetry, told } = engine();
  const meet = (): void => {
    throw new Error("no such app");
  };
  observerOf(telemetry, { meet })(...pair(), () => told.push("next"));
  expect(told).toEqual(["fault", "begin", "run", "next"]);
});

test("a held request goes on later, and what it throws then is thrown as without telemetry, not by a promise (R-P3, C10)", async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const { telemetry, told } = engine(() => held);
  const thrown: unknown[] = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => thrown.push(error));
  const error = new Error("on purpose");
  observerOf(telemetry)(...pair(), () => {
    throw error;
  });
  expect(told).toEqual(["begin"]);
  release();
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.removeAllListeners("uncaughtException");
  for (const listener of listeners) process.on("uncaughtException", listener);
  expect([told, thrown]).toEqual([["begin", "run"], [error]]);
});
