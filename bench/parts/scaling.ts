import { axisPlot } from "@gossamer/measure/report";
import type { Contestant } from "../contestants/contestant.ts";
import { ContestantCheck, type Delivered } from "../harness/contestant-check.ts";
import { loadSubject } from "../harness/load-subject.ts";
import { type Measurements, runRounds, type RoundsPlan } from "../harness/run-rounds.ts";
import { estimate, number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { axes, bareOf, oursOf, type Axis, type AxisPoint } from "../scaling/axes.ts";
import { checkDelivered } from "../scaling/check-delivered.ts";
import { moduleOf, nameOf, type ScalingPoint } from "../scaling/scaling-point.ts";
import type { Estimate } from "../statistics/bootstrap.ts";
import { Comparison, type Pair } from "../statistics/comparison.ts";
import type { Mode, Part, PartSettings } from "./part.ts";

/** Of the axes that must be flat, of which something is claimed. */
const flatPlans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 6, slices: 4, times: 1000, warmUpTimes: 30_000 },
  quick: { rounds: 3, slices: 3, times: 1000, warmUpTimes: 20_000 },
};
/** Of the others, which show a shape and a price. */
const shapePlans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 3, slices: 3, times: 1000, warmUpTimes: 20_000 },
  quick: { rounds: 1, slices: 3, times: 1000, warmUpTimes: 20_000 },
};

interface MeasuredAxis {
  readonly axis: Axis;
  readonly plan: RoundsPlan;
  readonly measured: Measurements;
  readonly delivered: ReadonlyMap<string, Delivered>;
}

/** What telemetry adds to a request as everything around it grows. */
export const scaling: Part = {
  name: "scaling",
  title: "What is added as the service grows",
  from: "full",
  async run(settings) {
    const all: MeasuredAxis[] = [];
    for (const axis of axes) all.push(await measure(axis, settings));
    const lines = all.flatMap((one) => rowsOf(one));
    const growths = all.filter(({ axis }) => axis.flat).map(growthOf);
    return {
      text: [
        table(["axis", "", "bare, µs a request", "added µs", "a further item, µs"], lines),
        ...growths.map(growthLine),
        "Added: more than the same service without telemetry in the same round, so that what Express itself pays for routes is not ours. Routes are in routers of about √n.",
      ].join("\n"),
      targets: growths.map(targetOf),
      svg: axisPlot(
        all.map(({ axis, measured }) => ({
          title: axis.name.split(",")[0]!,
          places: placesOf(axis, new Comparison(measured)),
        })),
        "CPU a request costs more than without telemetry, µs",
        `medians and 95 % intervals; ${settings.mode} run, every scale from zero`,
      ),
      packages: ["express", "@gossamer/core", "@gossamer/express"],
      data: {
        axes: all.map(({ axis, plan, measured }) => ({
          axis: axis.name,
          plan,
          places: placesOf(axis, new Comparison(measured)),
          cpuMicrosARequest: Object.fromEntries(measured),
        })),
        growths,
      },
    };
  },
};

async function measure(axis: Axis, settings: PartSettings): Promise<MeasuredAxis> {
  const chosen = (axis.flat ? flatPlans : shapePlans)[settings.mode];
  const { warmUpTimes = chosen.warmUpTimes } = axis;
  const plan = { ...chosen, warmUpTimes, ...(settings.rounds === undefined ? {} : { rounds: settings.rounds }) };
  const measured: Measurements = new Map();
  const delivered = new Map<string, Delivered>();
  const shares = [...new Set(axis.points.map(({ share = 1 }) => share))];
  for (const share of shares) {
    const points = axis.points.filter((point) => (point.share ?? 1) === share);
    const shared = {
      ...plan,
      times: Math.ceil(plan.times / share),
      warmUpTimes: Math.ceil(plan.warmUpTimes / share),
    };
    for (const [name, rounds] of await runPoints(axis, points, shared, settings, delivered)) {
      // A bare service that was measured twice is kept beside the points it was measured with.
      measured.set(share === 1 ? name : `${name}, share ${share}`, rounds);
    }
  }
  checkDelivered(axis, delivered);
  return { axis, plan, measured, delivered };
}

async function runPoints(
  axis: Axis,
  points: readonly AxisPoint[],
  plan: RoundsPlan,
  settings: PartSettings,
  delivered: Map<string, Delivered>,
): Promise<Measurements> {
  const wanted = new Map<string, ScalingPoint>();
  for (const { at } of points) {
    for (const point of [bareOf(at), oursOf(at)]) wanted.set(nameOf(point), point);
  }
  if (axis.flat) {
    for (const { at } of endsOf(axis)) wanted.set(nameOf(bareOf(at, true)), bareOf(at, true));
  }
  const subjects = await Promise.all([...wanted.values()].map((point) => loadSubject<Contestant>(moduleOf(point))));
  // Services that answer differently are not compared, so each kind has a check of its own.
  const kinds = new Map<string, ContestantCheck>();
  const checks = new Map<string, ContestantCheck>();
  for (const [name, point] of wanted) {
    const kind = nameOf(bareOf(point));
    const check = kinds.get(kind) ?? new ContestantCheck(settings.sink);
    kinds.set(kind, check);
    checks.set(name, check);
  }
  const measured = await runRounds(subjects, {
    plan,
    pinning: settings.pinning,
    sinkUrl: settings.sink.url,
    progress: (text) => settings.progress.say(`${axis.name}: ${text}`),
    check: (handle, subject, when) => checks.get(subject.name)![when](handle, subject),
  });
  for (const check of kinds.values()) for (const [name, sum] of check.delivered) delivered.set(name, sum);
  return measured;
}

function endsOf({ points }: Axis): [AxisPoint, AxisPoint] {
  return [points[0]!, points.at(-1)!];
}

function pairOf({ at, share = 1 }: AxisPoint, point: ScalingPoint = oursOf(at)): Pair {
  const suffix = share === 1 ? "" : `, share ${share}`;
  return { name: nameOf(point) + suffix, baseline: nameOf(bareOf(at)) + suffix };
}

function placesOf(axis: Axis, comparison: Comparison): { amount: number; measured: Estimate }[] {
  return axis.points.map((point) => {
    const { name, baseline } = pairOf(point);
    return { amount: point.amount, measured: comparison.added(name, baseline) };
  });
}

function rowsOf({ axis, measured }: MeasuredAxis): string[][] {
  const comparison = new Comparison(measured);
  const first = axis.points[0]!;
  return axis.points.map((point, i) => {
    const { name, baseline } = pairOf(point);
    const grown = comparison.grown(pairOf(first), pairOf(point));
    const items = point.amount - first.amount;
    return [
      i === 0 ? axis.name : "",
      point.amount.toLocaleString("en"),
      number(comparison.cost(baseline).value),
      estimate(comparison.added(name, baseline)),
      axis.item === undefined || items === 0 ? "" : `${estimate(scaled(grown, 1 / items))} ${axis.item}`,
    ];
  });
}

function scaled({ value, low, high }: Estimate, by: number): Estimate {
  return { value: value * by, low: low * by, high: high * by };
}

interface Growth {
  readonly along: string;
  /** Of what is added, from end to end, µs. */
  readonly grown: Estimate;
  /** What bare against itself seems to grow by from end to end, the largest of single rounds either way. */
  readonly controlMicros: number;
}

function growthOf({ axis, measured }: MeasuredAxis): Growth {
  const comparison = new Comparison(measured);
  const [from, to] = endsOf(axis);
  const first = pairOf(from, bareOf(from.at, true));
  const last = pairOf(to, bareOf(to.at, true));
  // Where both ends are one bare service it cannot grow, and what it differs from itself is the error.
  const errors =
    first.name === last.name
      ? comparison.addedByRound(first.name, first.baseline)
      : comparison.grownByRound(first, last);
  return {
    along: `${axis.name} ${from.amount.toLocaleString("en")} → ${to.amount.toLocaleString("en")}`,
    grown: comparison.grown(pairOf(from), pairOf(to)),
    controlMicros: Math.max(...errors.map(Math.abs)),
  };
}

function growthLine({ along, grown, controlMicros }: Growth): string {
  const seen =
    grown.low > controlMicros ? "grows" : grown.low > 0 ? "no more than bare against itself" : "no growth seen";
  return `${along}: ${seen}, ${estimate(grown)} µs; bare against itself up to ${number(controlMicros)} µs in a single round. ${grown.high > 0 ? `A growth of ${number(grown.high)} µs this run cannot exclude.` : "This run excludes one."}`;
}

function targetOf({ along, grown, controlMicros }: Growth): Target {
  return {
    promise: `${along}: growth of what is added, µs, within what bare against itself shows in a round`,
    bound: "at most",
    limit: controlMicros,
    measured: grown,
    rank: "asked",
  };
}
