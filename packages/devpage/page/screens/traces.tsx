import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { TraceSummary } from "../../src/protocol.ts";
import { head, snapshot, traces } from "../data/store.ts";
import { bytes, clockTime, duration, plural, whole } from "../format/figures.ts";
import { Chip, Empty, Status } from "../parts/basics.tsx";
import { FirstStep } from "../parts/first-step.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import { linkTo, place, refine } from "../shell/place.ts";
import { isNarrow } from "../shell/theme.ts";

const keyOf = ({ traceId }: TraceSummary): string => traceId;

const kinds: Readonly<Record<string, (trace: TraceSummary) => boolean>> = {
  failed: ({ errors }) => errors > 0,
  findings: ({ findings }) => findings > 0,
  several: ({ services }) => services.length > 1,
};

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
        `${trace.name} ${trace.services.join(" ")} ${trace.traceId} ${trace.reason ?? ""}`.toLowerCase().includes(text),
    );
    return isSlowest ? found.sort((a, b) => b.durationMs - a.durationMs) : found;
  }, [all, text, kind, isSlowest]);
  const slowest = Math.max(0.001, ...shown.map(({ durationMs }) => durationMs));
  const ring = snapshot.value?.rings.traces;
  return (
    <>
      <div class="screen-head">
        <h1>Traces</h1>
        <p>
          {plural(all.length, "trace")}
          {ring !== undefined && `, ${bytes(ring.bytes)} of ${bytes(ring.maxBytes)}`}
          {ring !== undefined && ring.dropped > 0 && `; ${whole(ring.dropped)} older ones made room`}
        </p>
      </div>
      <div class="filters">
        <input
          class="field grow"
          data-filter
          type="search"
          placeholder="Name, service, reason or id  /"
          aria-label="Filter traces"
          value={query["text"] ?? ""}
          onInput={(event) => refine({ text: event.currentTarget.value })}
        />
        <select
          class="field"
          aria-label="Which"
          value={query["kind"] ?? ""}
          onChange={(event) => refine({ kind: event.currentTarget.value })}
        >
          <option value="">All traces</option>
          <option value="failed">With an error</option>
          <option value="findings">With a finding</option>
          <option value="several">Through several services</option>
        </select>
        <select
          class="field"
          aria-label="Order"
          value={query["order"] ?? ""}
          onChange={(event) => refine({ order: event.currentTarget.value })}
        >
          <option value="">Newest first</option>
          <option value="slowest">Slowest first</option>
        </select>
      </div>
      <section class="panel list grow-1" aria-label="All traces">
        {shown.length === 0 ? (
          <NoTraces isNone={all.length === 0} />
        ) : (
          <VirtualRows
            label="Traces"
            items={shown}
            rowPx={isNarrow.value ? 54 : 34}
            keyOf={keyOf}
            render={(trace) => (
              <a data-row class="row trace-row" href={linkTo("traces", { id: trace.traceId })}>
                <TraceLine trace={trace} slowest={slowest} />
              </a>
            )}
          />
        )}
      </section>
    </>
  );
}

function TraceLine({ trace, slowest }: { trace: TraceSummary; slowest: number }): JSX.Element {
  const { startMs, name, durationMs, statusCode, services, spans, errors, findings, logs, reason, hasRoot } = trace;
  return (
    <>
      <span class="faint when">{clockTime(startMs)}</span>
      <span class="what">
        {statusCode !== undefined && <Status code={statusCode} />} {name}
        <span class="faint path">{services.join(" → ")}</span>
        {!hasRoot && <span class="faint path">begins elsewhere</span>}
      </span>
      <span class="marks">
        {errors > 0 && <Chip tone="bad">{plural(errors, "error")}</Chip>}
        {findings > 0 && <Chip tone="amber">{plural(findings, "finding")}</Chip>}
        {reason !== undefined && <Chip>{reason}</Chip>}
      </span>
      <span class="muted num counts">
        {plural(spans, "span")}
        {logs > 0 && `, ${plural(logs, "line")}`}
      </span>
      <span class="meter" aria-hidden="true">
        <i style={{ width: `${Math.max(1, (100 * durationMs) / slowest)}%` }} class={errors > 0 ? "b5" : "b2"} />
      </span>
      <span class="num took">{duration(durationMs)}</span>
    </>
  );
}

function NoTraces({ isNone }: { isNone: boolean }): JSX.Element {
  if (!isNone) {
    return (
      <Empty icon="traces" title="No trace is like that">
        <p>Take a filter away to see the others.</p>
      </Empty>
    );
  }
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
