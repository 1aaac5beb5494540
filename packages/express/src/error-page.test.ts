import express from "express";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { resetTelemetry } from "@gossamer/core/adapter";
import { afterEach, expect, test } from "vitest";
import { telemetry } from "./telemetry.ts";

afterEach(() => resetTelemetry());

/** The frames of an error that a handler of errors answers with, without the places that they are at. */
async function framesOf(path: string, observed: boolean): Promise<string[]> {
  const app = express();
  if (observed) app.use(telemetry({ serviceName: "shop", exporter: "none", diagnostics: "none" }));
  app.get("/sync", () => {
    throw new Error("told");
  });
  app.get("/next", (_request, _response, next) => next(new Error("told")));
  app.get("/async", async () => {
    await Promise.resolve();
    throw new Error("told");
  });
  app.use((error: Error, _request: unknown, response: express.Response, _next: unknown) => {
    response.json(error.stack?.split("\n"));
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  const lines = (await answer.json()) as string[];
  server.close();
  return lines.slice(1).map((line) => line.trim().replace(/ \(?[^ ]*$/, ""));
}

test.each(["/sync", "/next", "/async"])(
  "a stack that a service answers with has at most one frame of ours, and its name says so: %s (E6)",
  async (path) => {
    const bare = await framesOf(path, false);
    const frames = await framesOf(path, true);
    const ours = frames.filter((frame) => !bare.includes(frame));
    expect(ours.length).toBeLessThan(2);
    for (const frame of ours) expect(frame).toMatch(/^at gossamer/);
  },
);
