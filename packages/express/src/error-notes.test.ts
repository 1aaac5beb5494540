import { attachExchange } from "@gossamer/core/adapter";
import type { NextFunction, Request, Response } from "express";
import { describe, expect, test } from "vitest";
import { noteErrorsAt } from "./error-notes.ts";
import type { ExpressLayer, LayerHandle } from "./express-types.ts";
import { answers, type ExpressVersion, expressVersions, stackOf } from "./testing/express-versions.ts";

type Seen = { thisValue: unknown; arity: number; errors: unknown[] };

/** An app whose handler throws, with an error handler behind it; noted or bare. */
async function run(
  version: ExpressVersion,
  thrown: unknown,
  noted: boolean,
): Promise<Seen & { answer: string | undefined }> {
  const seen: Seen = { thisValue: "not called", arity: 0, errors: [] };
  const app = version.express();
  app.use((request, _response, next) => {
    attachExchange(request, { failed: (error: unknown) => seen.errors.push(error) } as never);
    next();
  });
  app.get("/", (_request, _response, next) => next(thrown));
  app.use(function (this: unknown, _error: unknown, _request: Request, response: Response, _next: NextFunction) {
    seen.thisValue = this;
    response.send("handled");
  });
  const layers = stackOf(app);
  if (noted) for (const layer of [...layers, ...layers]) noteErrorsAt(layer);
  seen.arity = layers.at(-1)?.handle.length ?? 0;
  const [answer] = await answers(app, ["/"]);
  return { ...seen, answer };
}

describe.for(expressVersions)("an error handler of Express $version", (version) => {
  test("is called as ever, with its arity and `this`, and its error is noted once (R-A1)", async () => {
    const error = new Error("thrown");
    const bare = await run(version, error, false);
    const noted = await run(version, error, true);
    expect(noted).toEqual({ ...bare, errors: [error] });
    expect(bare).toMatchObject({ answer: "handled", arity: 4, errors: [] });
  });
});

test("layers that are no error handlers stay as they are (R-A1)", () => {
  const middleware = ((_a: unknown, _b: unknown, _c: unknown) => {}) as LayerHandle;
  const handler = ((_a: unknown, _b: unknown, _c: unknown, _d: unknown) => {}) as LayerHandle;
  const layers: ExpressLayer[] = [{ handle: middleware }, { handle: handler, route: { path: "/" } }];
  for (const layer of layers) noteErrorsAt(layer);
  expect(layers.map(({ handle }) => handle)).toEqual([middleware, handler]);
});

test("what an error handler gives back is given back, so that its rejection is seen (R-A1)", () => {
  const promise = Promise.resolve();
  const layer: ExpressLayer = {
    handle: ((_a: unknown, _b: unknown, _c: unknown, _d: unknown) => promise) as LayerHandle,
  };
  noteErrorsAt(layer);
  expect((layer.handle as unknown as (...args: unknown[]) => unknown)(new Error("x"), {}, {}, () => {})).toBe(promise);
});
