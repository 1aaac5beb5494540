import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { TraceSummary } from "../../../src/protocol.ts";
import { head, snapshot, traces } from "../../data/store.ts";
import { bytes, clockTime, duration, plural, whole } from "../../format/figures.ts";
import { reasonText } from "../../format/status.ts";
import { Chip, Empty, Status } from "../../parts/basics.tsx";
import { FilterBar, type Choice } from "../../parts/filter-bar.tsx";
import { FirstStep } from "../../parts/first-step.tsx";
import { NothingLikeThat } from "../../parts/nothing-like-that.tsx";
import { ScreenHead } from "../../parts/screen-head.tsx";
import { VirtualRows } from "../../parts/virtual-rows.tsx";
import { linkTo, place } from "../../shell/place.ts";
import { isNarrow } from "../../shell/theme.ts";

const keyOf = ({ traceId }: TraceSummary): string => traceId;

const kinds: Readonly<Record<string, (trace: TraceSummary) => boolean>> = {
  failed: ({ errors }) => errors > 0,
  findings: ({ findings }) => findings > 0,
  several: ({ services }) => services.length > 1,
};

const choices: readonly Choice[] = [
  {
    name: "kind",
    label: "Which",
    options: [
      ["", "All traces"],
      ["failed", "With an error"],
      ["findings", "With a finding"],
      ["several", "Through several services"],
    ],
  },
  {
    name: "order",
    label: "Order",
    isOrder: true,
    options: [
      ["", "Newest first"],
      ["slowest", "Slowest first"],
    ],
  },
];

export function TracesScreen(): JSX.Element {
  const { query } = place.value;
  const all = traces.value;
  const text = (query["text"] ?? "").toLowerCase();
  const kind = kinds[query["kind"] ?? ""];
  const isSlowest = query["order"] === "slowest";
  const shown = useMemo(() => {
    const found = all.filter(
      (trace) =>
        (kind === undefined || kind(trace)) &&
        `${trace.name} ${trace.services.join(" ")} ${trace.traceId} ${trace.reason === undefined ? "" : `${trace.reason} ${reasonText(trace.reason)}`}`
          .toLowerCase()
          .includes(text),
    );
    return isSlowest ? found.sort((a, b) => b.durationMs - a.durationMs) : found;
  }, [all, text, kind, isSlowest]);
  const slowest = Math.max(0.001, ...shown.map(({ durationMs }) => durationMs));
  const ring = snapshot.value?.rings.traces;
  const withService = (snapshot.value?.services.length ?? 0) > 1;
  return (
    <>
      <ScreenHead
        title="Traces"
        about={
          <>
            {plural(all.length, "trace")}
            {ring !== undefined && `, ${bytes(ring.bytes)} of ${bytes(ring.maxBytes)}`}
            {ring !== undefined && ring.dropped > 0 && `; ${whole(ring.dropped)} older ones made room`}
          </>
        }
      />
      <FilterBar label="Filter traces" placeholder="Name, service, reason or id" choices={choices} />
      <section class="panel list grow-1" aria-label="All traces">
        {shown.length === 0 ? (
          <NoTraces isNone={all.length === 0} />
        ) : (
          <>
            {!isNarrow.value && (
              <div class="row-head trace-row" aria-hidden="true">
                <span title="When its first span began">Began</span>
                <span title="Status and name of its root, and the services that it went through">Trace</span>
                <span class="num" title="Errors, findings, and why there is a trace">
                  Marks
                </span>
                <span class="num">Spans, lines</span>
                <span title="Beside the slowest that is shown, on a logarithmic scale">Duration</span>
                <span />
              </div>
            )}
            <VirtualRows
              label="Traces"
              items={shown}
              rowPx={isNarrow.value ? 54 : 34}
              keyOf={keyOf}
              render={(trace) => (
                <a data-row class="row trace-row" href={linkTo("traces", { id: trace.traceId })}>
                  <TraceLine trace={trace} slowest={slowest} withService={withService} />
                </a>
              )}
            />
          </>
        )}
      </section>
    </>
  );
}

/** From 0 to 1, so that what is a thousand times quicker can be seen too. */
function shareOf(durationMs: number, slowest: number): number {
  return Math.log1p(durationMs * 20) / Math.log1p(slowest * 20);
}

interface TraceLineProps {
  readonly trace: TraceSummary;
  readonly slowest: number;
  readonly withService: boolean;
}

function TraceLine({ trace, slowest, withService }: TraceLineProps): JSX.Element {
  const { startMs, name, durationMs, statusCode, services, spans, dropped, errors, findings, logs, reason, hasRoot } =
    trace;
  return (
    <>
      <span class="faint when">{clockTime(startMs)}</span>
      <span class="what" title={`${name}, ${services.join(" → ")}`}>
        {statusCode !== undefined && <Status code={statusCode} />} {name}
        {(withService || services.length > 1) && <span class="faint path">{services.join(" → ")}</span>}
        {!hasRoot && <span class="faint path">begins elsewhere</span>}
      </span>
      <span class="marks">
        {errors > 0 && <Chip tone="bad">{plural(errors, "error")}</Chip>}
        {dropped > 0 && <Chip tone="amber">{whole(dropped)} dropped</Chip>}
        {findings > 0 && <Chip tone="amber">{plural(findings, "finding")}</Chip>}
        {reason !== undefined && <Chip>{reasonText(reason)}</Chip>}
      </span>
      <span class="muted num counts">
        {plural(spans, "span")}
        {logs > 0 && `, ${plural(logs, "line")}`}
      </span>
      <span class="meter" aria-hidden="true">
        <i style={{ width: `${Math.max(1, 100 * shareOf(durationMs, slowest))}%` }} class={errors > 0 ? "b5" : "b2"} />
      </span>
      <span class="num took">{duration(durationMs)}</span>
    </>
  );
}

function NoTraces({ isNone }: { isNone: boolean }): JSX.Element {
  if (!isNone) return <NothingLikeThat icon="traces" noun="trace" />;
  if ((snapshot.value?.routes.length ?? 0) === 0) {
    return (
      <Empty icon="traces" title="No trace yet">
        <FirstStep />
      </Empty>
    );
  }
  return (
    <Empty icon="traces" title="Requests came, and none has a trace since this page was opened">
      {head.value?.source === "engine" && (
        <p>
          <a class="accent" href={linkTo("live")}>
            Live
          </a>{" "}
          says of each why. In{" "}
          <a class="accent" href={linkTo("rules")}>
            Rules
          </a>{" "}
          you can try a higher ratio and take it back.
        </p>
      )}
    </Empty>
  );
}
