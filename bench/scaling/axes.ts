import { origin, type ScalingPoint } from "./scaling-point.ts";

export interface AxisPoint {
  /** How much of what the axis counts. */
  readonly amount: number;
  readonly at: ScalingPoint;
  /** By how much its slices have fewer requests than the plan says, where one request is much work. @default 1 */
  readonly share?: number;
}

export interface Axis {
  readonly name: string;
  /** What `amount` counts, with its article, where each has a price. */
  readonly item?: string;
  /** Whether cost must not grow along it: then the ends are measured against themselves too, and it has as many rounds as claims need. */
  readonly flat: boolean;
  readonly points: readonly AxisPoint[];
  /** In place of the plan's own, where a service takes longer to be warm. */
  readonly warmUpTimes?: number;
}

const with100Percent: ScalingPoint = { ...origin, ratio: 1 };

/** What is moved, one at a time; the rest is as in {@link origin}. */
export const axes: readonly Axis[] = [
  {
    name: "routes",
    flat: true,
    // What a route costs the first time it is asked for is not what it costs: three visits of each.
    warmUpTimes: 30_000,
    points: [1, 100, 5000].map((amount) => ({ amount, at: { ...origin, axis: "routes", routes: amount } })),
  },
  {
    name: "rules",
    flat: true,
    points: [0, 10, 1000].map((amount) => ({ amount, at: { ...origin, axis: "rules", rules: amount } })),
  },
  {
    name: "attributes on the server span, 100 % sampled",
    item: "an attribute",
    flat: false,
    points: [0, 8, 64].map((amount) => ({ amount, at: { ...with100Percent, axis: "attributes", attributes: amount } })),
  },
  {
    name: "attributes on one child span, 100 % sampled",
    item: "an attribute",
    flat: false,
    points: [0, 8, 64].map((amount) => ({
      amount,
      at: { ...with100Percent, axis: "child attributes", children: 1, childAttributes: amount },
    })),
  },
  {
    name: "child spans, 100 % sampled",
    item: "a child span",
    flat: false,
    points: [1, 10, 1000].map((amount) => ({
      amount,
      at: { ...with100Percent, axis: "child spans", children: amount },
      ...(amount === 1000 ? { share: 100 } : {}),
    })),
  },
  {
    name: "concurrent requests",
    flat: false,
    points: [1, 500].map((amount) => ({ amount, at: { ...origin, axis: "concurrent", concurrent: amount } })),
  },
  {
    name: "% errors, 1 % sampled",
    flat: false,
    points: [0, 100].map((amount) => ({ amount, at: { ...origin, axis: "errors", failing: amount === 100 } })),
  },
];

/** What a point's cost is compared with: the same service without telemetry. What only telemetry has makes no other service of it. */
export function bareOf({ axis, routes, concurrent, failing }: ScalingPoint, again = false): ScalingPoint {
  return { ...origin, axis, telemetry: again ? "bare again" : "bare", routes, concurrent, failing };
}

export function oursOf(point: ScalingPoint): ScalingPoint {
  return { ...point, telemetry: "Gossamer" };
}
