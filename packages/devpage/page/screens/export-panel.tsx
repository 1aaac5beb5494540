import type { JSX } from "preact";
import type { PipelineView } from "../../src/protocol.ts";
import { bytes, digits, percent, plural, whole } from "../format/figures.ts";
import { Chip, Figure, Meter } from "../parts/basics.tsx";

type Export = NonNullable<PipelineView["status"]["traceExport"]>;

const reach: Readonly<Record<Export["collector"], readonly [string, "dew" | "amber" | "bad" | ""]>> = {
  untried: ["not tried yet", ""],
  reachable: ["reachable", "dew"],
  refusing: ["refuses", "bad"],
  unreachable: ["does not answer", "bad"],
  absent: ["nobody there", "amber"],
};

/** What waits, what sends it, and what it came to. */
export function ExportPanel({ title, unit, status }: { title: string; unit: string; status: Export }): JSX.Element {
  const [standing, tone] = reach[status.collector];
  return (
    <section class="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <Chip tone={tone}>collector {standing}</Chip>
        {status.blocked.now > 0 && <Chip tone="amber">{plural(status.blocked.now, "request")} held back</Chip>}
      </header>
      <div class="body flow">
        <div class="stage">
          <h3>Lanes</h3>
          {Object.entries(status.lanes).map(([name, lane]) => (
            <div class="lane" key={name}>
              <p>
                <strong>{name}</strong>
                <span class="muted">
                  {whole(lane.queued)} of {whole(lane.capacity.maxItems)} {unit}s, {bytes(lane.queuedBytes)}
                </span>
              </p>
              <Meter value={lane.use} label={`${name}: use`} />
              <p class="faint">
                batches of {whole(lane.batch.maxItems)}, {digits(lane.batch.delayMs / 1_000)} s at most
                {Object.entries(lane.drops).map(([reason, count]) => (
                  <span class="warn-text" key={reason}>
                    {" "}
                    · {whole(count)} {reason}
                  </span>
                ))}
              </p>
            </div>
          ))}
          {status.spooled > 0 || status.fallbackBytes > 0 ? (
            <div class="lane">
              <p>
                <strong>spool</strong>
                <span class="muted">
                  {plural(status.spooled, unit)}, {bytes(status.fallbackBytes)}
                </span>
              </p>
            </div>
          ) : null}
        </div>
        <div class="stage">
          <h3>Exporters</h3>
          {status.exporters.map((exporter, i) => (
            <div class="lane" key={`${exporter.name} ${i}`}>
              <p>
                <strong>{exporter.name}</strong>
                <Chip tone={exporter.breaker === "closed" ? "dew" : exporter.breaker === "open" ? "bad" : "amber"}>
                  breaker {exporter.breaker}
                </Chip>
              </p>
              <p class="faint">
                {plural(exporter.exported, unit)} in {plural(exporter.tries - exporter.failedTries, "export")},{" "}
                {bytes(exporter.sentBytes)}
                {exporter.breakerChanges > 0 && ` · breaker changed ${exporter.breakerChanges}×`}
              </p>
              {exporter.failedTries > 0 && (
                <p class="warn-text">
                  {whole(exporter.failedTries)} of {whole(exporter.tries)} tries failed:{" "}
                  {Object.entries(exporter.failures)
                    .map(([kind, count]) => `${kind} ${whole(count)}`)
                    .join(", ")}
                </p>
              )}
              {exporter.refusal !== undefined && <p class="bad-text breaks">Refused: {exporter.refusal}</p>}
            </div>
          ))}
          {status.exporters.length === 0 && <p class="faint">none</p>}
        </div>
        <div class="stage">
          <h3>On the wire</h3>
          <dl class="figures">
            <Figure label="Sent">{bytes(status.sentBytes)}</Figure>
            <Figure label="Before compression">{bytes(status.bodyBytes)}</Figure>
            <Figure label="In memory">{bytes(status.heldBytes)}</Figure>
            <Figure label="In flight">{whole(status.inFlight)}</Figure>
          </dl>
          <Counts title="Dropped, by reason" counts={status.drops} none={`No ${unit} was dropped.`} />
        </div>
      </div>
    </section>
  );
}

interface CountsProps {
  readonly title: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly none: string;
  readonly isBad?: boolean;
  /** Counts that are neither good nor bad. */
  readonly isPlain?: boolean;
}

/** Counts by name, most first. */
export function Counts({ title, counts, none, isBad = false, isPlain = false }: CountsProps): JSX.Element {
  const shown = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
  const sum = shown.reduce((all, [, count]) => all + count, 0);
  return (
    <div class="counts">
      <h3>{title}</h3>
      {shown.length === 0 ? (
        <p class="faint">{none}</p>
      ) : (
        <dl>
          {shown.slice(0, 8).map(([name, count]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class={isPlain ? "" : isBad ? "bad-text" : "warn-text"}>
                {whole(count)} {isPlain && <span class="faint">{percent(count / sum)}</span>}
              </dd>
            </div>
          ))}
          {shown.length > 8 && <p class="faint">and {shown.length - 8} more</p>}
        </dl>
      )}
    </div>
  );
}
