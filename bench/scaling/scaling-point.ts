/** One place on an axis: how much of everything the service and its telemetry have. */
export interface ScalingPoint {
  /** Of which axis it is: the same service on two axes is measured twice, and counted apart. */
  readonly axis: string;
  /** `bare again`: the same as `bare`, for the error of the bench. */
  readonly telemetry: "bare" | "bare again" | "Gossamer";
  readonly routes: number;
  readonly rules: number;
  /** On the server span, beyond its own. */
  readonly attributes: number;
  readonly children: number;
  /** On each child span. */
  readonly childAttributes: number;
  /** Requests under way at once. Above 0 handlers wait for the event loop before they answer; 0: they answer at once. */
  readonly concurrent: number;
  /** Whether every request throws. */
  readonly failing: boolean;
  readonly ratio: number;
}

/** Where the axes cross: what they do not move stays as here. */
export const origin: ScalingPoint = {
  axis: "",
  telemetry: "bare",
  routes: 1,
  rules: 0,
  attributes: 0,
  children: 0,
  childAttributes: 0,
  concurrent: 0,
  failing: false,
  ratio: 0.01,
};

/** The same for two points exactly when they measure the same. */
export function nameOf(point: ScalingPoint): string {
  const moved = (Object.keys(origin) as (keyof ScalingPoint)[])
    .filter((key) => key !== "telemetry" && key !== "axis" && point[key] !== origin[key])
    .map((key) => `${key} ${point[key]}`);
  return `${point.axis}: ${[point.telemetry, ...moved].join(", ")}`;
}

/** The module of a point: one file, and the point in its query, so that every point is a module of its own. */
export function moduleOf(point: ScalingPoint): URL {
  const url = new URL("./scaling-subject.ts", import.meta.url);
  for (const [key, value] of Object.entries(point)) url.searchParams.set(key, String(value));
  return url;
}

/** The point that a module's own address names. */
export function pointOf(address: string): ScalingPoint {
  const query = new URL(address).searchParams;
  const text = (key: keyof ScalingPoint): string => {
    const value = query.get(key);
    if (value === null) throw new Error(`The address of a scaling subject must name its ${key}: ${address}`);
    return value;
  };
  const count = (key: keyof ScalingPoint): number => Number(text(key));
  return {
    axis: text("axis"),
    telemetry: text("telemetry") as ScalingPoint["telemetry"],
    routes: count("routes"),
    rules: count("rules"),
    attributes: count("attributes"),
    children: count("children"),
    childAttributes: count("childAttributes"),
    concurrent: count("concurrent"),
    failing: text("failing") === "true",
    ratio: count("ratio"),
  };
}
