import type { JSX } from "preact";
import type { Snapshot } from "../../src/protocol.ts";
import { head, lastPoint, points, snapshot, type Point } from "../data/store.ts";
import { durationParts, percent, rate, whole } from "../format/figures.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { linkTo } from "./place.ts";

interface Vital {
  readonly label: string;
  /** Behind the label, where there is room. */
  readonly detail?: string;
  readonly value: string;
  readonly unit?: string;
  readonly href: string;
  readonly series?: (point: Point) => number | undefined;
  readonly tone?: "warn" | "bad" | "";
}

/** The six numbers that are always in sight, each the way to its screen. */
export function Vitals(): JSX.Element {
  return (
    <section class="vitals" aria-label="Now">
      {vitals().map(({ label, detail, value, unit, href, series, tone = "" }) => (
        <a class={`vital ${tone}`} href={href} key={label}>
          <span class="label">
            {label}
            {detail !== undefined && <span class="wide-only">, {detail}</span>}
          </span>
          <span class="value">
            {value}
            {unit !== undefined && unit !== "" && <span class="unit">{unit}</span>}
          </span>
          {series !== undefined && <Sparkline values={points.value.slice(-60).map(series)} />}
        </a>
      ))}
    </section>
  );
}

function vitals(): Vital[] {
  const now = snapshot.value;
  const point = lastPoint.value;
  const p95 = durationParts(point?.p95Ms);
  const failed = point?.failedShare;
  const first: Vital[] = [
    {
      label: "Requests",
      value: rate(point?.perSecond ?? 0),
      unit: "/ s",
      href: linkTo("routes"),
      series: ({ perSecond }) => perSecond,
    },
    {
      label: "p95",
      detail: "last minute",
      value: p95.value,
      unit: p95.unit,
      href: linkTo("routes"),
      series: ({ p95Ms }) => p95Ms,
    },
    {
      label: "Failed",
      detail: "last minute",
      value: percent(failed),
      href: linkTo("live", { query: { status: "failed" } }),
      series: ({ failedShare }) => failedShare,
      tone: failed === undefined || failed < 0.01 ? "" : failed < 0.05 ? "warn" : "bad",
    },
  ];
  if (head.value?.source === "otlp") {
    return [
      ...first,
      { label: "Services", value: whole(now?.services.length ?? 0), href: linkTo("routes") },
      { label: "Traces here", value: whole(now?.rings.traces.count ?? 0), href: linkTo("traces") },
      { label: "Log lines here", value: whole(now?.rings.logs.count ?? 0), href: linkTo("logs") },
    ];
  }
  const dropped = now?.pipeline?.accounts.reduce((sum, account) => sum + account.dropped, 0);
  return [
    ...first,
    {
      label: "With a trace",
      value: percent(point?.tracedShare),
      href: linkTo("rules"),
      series: ({ tracedShare }) => tracedShare,
    },
    {
      label: "Telemetry",
      ...telemetryCost(now?.overhead),
      href: linkTo("overhead"),
      tone: now?.overhead === undefined || now.overhead.step === "full" ? "" : "warn",
    },
    {
      label: "Dropped",
      ...(point?.queueUse === undefined ? {} : { detail: `queue ${Math.round(point.queueUse * 100)} % full` }),
      value: dropped === undefined ? "–" : whole(dropped),
      href: linkTo("pipeline"),
      series: ({ queueUse }) => queueUse,
      tone: dropped === undefined || dropped === 0 ? "" : "warn",
    },
  ];
}

/** By request, where enough were measured; else as a share. */
function telemetryCost(overhead: Snapshot["overhead"]): Pick<Vital, "detail" | "value" | "unit" | "series"> {
  if (overhead === undefined) return { value: "–" };
  const share = percent(overhead.share);
  if (overhead.requestUs === undefined) return { value: share, unit: "of CPU", series: (point) => point.overheadShare };
  const { value, unit } = durationParts(overhead.requestUs / 1_000);
  return { detail: `${share} CPU`, value, unit: `${unit} / req`, series: ({ requestUs }) => requestUs };
}
