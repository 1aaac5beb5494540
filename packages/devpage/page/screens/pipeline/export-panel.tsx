import type { JSX } from "preact";
import type { PipelineView } from "../../../src/protocol.ts";
import { bytes, digits, plural, whole } from "../../format/figures.ts";
import { Chip, Figure, Meter } from "../../parts/basics.tsx";
import { Counts } from "./counts.tsx";

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
          <div class="lane" title="Where what cannot be delivered waits, if a spool or a ring is set">
            <p>
              <strong>spool</strong>
              <span class="muted">
                {status.spooled === 0 && status.fallbackBytes === 0
                  ? "nothing waits in it"
                  : `${plural(status.spooled, unit)}, ${bytes(status.fallbackBytes)}`}
              </span>
            </p>
          </div>
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
