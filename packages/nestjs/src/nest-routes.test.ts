import "reflect-metadata";
import { Get } from "@nestjs/common";
import { expect, test } from "vitest";
import { nestRoutes } from "./nest-routes.ts";

function handler(): void {}
class Controller {
  any(): void {}
}
Get("*path")(Controller.prototype, "any", Object.getOwnPropertyDescriptor(Controller.prototype, "any")!);

const layer = (handle: unknown): never => ({ handle }) as never;

test.each(["*path", "/*path", "/{*path}", "*", "{*splat}"])(
  "%s, which nobody wrote, is no route; of a controller it is one (R-A3, R-L5)",
  (path) => {
    expect(nestRoutes.isRoute({ path, stack: [layer(handler)] })).toBe(false);
    expect(nestRoutes.isRoute({ path })).toBe(false);
    expect(nestRoutes.isRoute({ path, stack: [layer(handler), layer(Controller.prototype.any)] })).toBe(true);
  },
);

test.each(["/", "/cats/:id", "/files/*path", /.*/, ["/a", "*path"]])(
  "%s is a route, whoever wrote it (R-A3)",
  (path) => {
    expect(nestRoutes.isRoute({ path, stack: [layer(handler)] })).toBe(true);
  },
);
