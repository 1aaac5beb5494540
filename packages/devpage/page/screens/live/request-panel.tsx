import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Explained, RequestEntry } from "../../../src/protocol.ts";
import { errorText, get } from "../../data/api.ts";
import { clockTime, duration, percent, roundDuration } from "../../format/figures.ts";
import { Chip, FateChip, RouteLabel, Status } from "../../parts/basics.tsx";
import { SidePanel } from "../../parts/side-panel.tsx";
import { linkTo } from "../../shell/place.ts";

/** What became of a request, and how it came about. */
export function RequestPanel({ entry, close }: { entry: RequestEntry; close: () => void }): JSX.Element {
  const [explained, setExplained] = useState<Explained | string | undefined>(undefined);
  useEffect(() => {
    const abort = new AbortController();
    setExplained(undefined);
    get<Explained>("api/explain", { id: entry.id }, abort.signal)
      .then(setExplained)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setExplained(errorText(error));
      });
    return () => abort.abort();
  }, [entry.id]);
  const { traceId } = entry;
  return (
    <SidePanel label="Why" title={<RouteLabel {...entry} />} close={close}>
      <section>
        <p class="chips">
          <Status code={entry.statusCode} aborted={entry.aborted} />
          <span>{duration(entry.durationMs)}</span>
          <FateChip entry={entry} />
        </p>
        {traceId !== undefined && (
          <p class="chips after">
            {entry.fate !== "none" && (
              <a class="button primary" href={linkTo("traces", { id: traceId })}>
                Open its trace
              </a>
            )}
            <a class="button" href={linkTo("logs", { query: { trace: traceId } })}>
              Its log lines
            </a>
          </p>
        )}
      </section>
      <section>
        <h3>How it would be decided now</h3>
        {explained === undefined && <p class="muted">Asking.</p>}
        {typeof explained === "string" && <p class="muted">{explained}</p>}
        {typeof explained === "object" && <Why explained={explained} />}
      </section>
      <section>
        <h3>Request</h3>
        <dl class="facts">
          <dt>Ended</dt>
          <dd>{clockTime(entry.at)}</dd>
          <dt>Service</dt>
          <dd>{entry.service}</dd>
          {entry.path !== undefined && <dt>Path</dt>}
          {entry.path !== undefined && <dd class="mono">{entry.path}</dd>}
          {entry.errorType !== undefined && <dt>Error</dt>}
          {entry.errorType !== undefined && <dd class="bad-text">{entry.errorType}</dd>}
          {entry.aborted && <dt>Aborted</dt>}
          {entry.aborted && <dd>The client left, or the answer was cut.</dd>}
          <dt>Trace id</dt>
          {traceId === undefined ? <dd class="muted">nobody asked for one</dd> : <dd class="mono">{traceId}</dd>}
        </dl>
      </section>
    </SidePanel>
  );
}

function Why({ explained: { now } }: { explained: Explained }): JSX.Element {
  const { keep } = now;
  return (
    <>
      <ol class="steps">
        {now.steps.map((step) => (
          <li key={step}>
            <span>{step}</span>
          </li>
        ))}
      </ol>
      <p class="chips after">
        <Chip tone="dew">{now.ratio === undefined ? "its sampler decides" : `${percent(now.ratio)} sampled`}</Chip>
        <Chip>by {now.rule === undefined ? now.decidedBy : `rule ${now.rule}`}</Chip>
        {!now.metrics && <Chip tone="amber">not counted</Chip>}
      </p>
      <p class="note after">
        {keep === undefined
          ? "Of the rest nothing is kept."
          : `Of the rest are kept: failed ${percent(keep.errors)}, aborted ${percent(keep.aborted)}, over ${roundDuration(keep.slowerThanMs)} ${percent(keep.slow)}${keep.trace ? ", with their spans" : ""}.`}
      </p>
    </>
  );
}
