import type { TelemetryEngine } from "@gossamer/core/adapter";
import type { ExpressApp, ExpressLayer, ExpressRoute } from "./express-types.ts";
import { findRoutes, routerOf } from "./route-places.ts";

/**
 * One line where most routes of an app stand before our middleware, so that their requests never reach it. A few may be meant to: health checks that
 * nobody wants to count.
 */
export function tellOrder(app: ExpressApp, ours: unknown, telemetry: TelemetryEngine): void {
  const routes = (stack: readonly ExpressLayer[]): readonly ExpressRoute[] => [
    ...findRoutes({ stack }, () => {}).routes.keys(),
  ];
  const { stack = [] } = routerOf(app) ?? {};
  // Ours has no route itself. Where it stands in no layer of the app, but in a router, nothing is said.
  const early = routes(stack.slice(0, stack.findIndex(({ handle }) => handle === ours) + 1));
  const [first] = early;
  if (first === undefined || early.length * 2 < routes(stack).length) return;
  telemetry.warn(
    `${early.length} routes (${String(first.path)}, …) are not observed: call app.use(telemetry()) before them`,
    "GSM_ROUTE_ORDER",
  );
}
