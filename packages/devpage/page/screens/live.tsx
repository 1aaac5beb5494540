import type { JSX, TargetedEvent } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Explained, RequestEntry } from "../../src/protocol.ts";
import { errorText, get } from "../data/api.ts";
import { requests, requestsLeft, snapshot } from "../data/store.ts";
import { clockTime, duration, percent, plural, whole } from "../format/figures.ts";
import { Chip, Empty, FateChip, RouteLabel, Status } from "../parts/basics.tsx";
import { FirstStep } from "../parts/first-step.tsx";
import { Icon } from "../parts/icon.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import { onKey } from "../shell/keys.ts";
import { linkTo, place, refine } from "../shell/place.ts";
import { isNarrow } from "../shell/theme.ts";
import { liveFilter } from "./live-filter.ts";

const keyOf = ({ id }: RequestEntry): number => id;

export function LiveScreen(): JSX.Element {
  const { query } = place.value;
  const [held, hold] = useState<readonly RequestEntry[] | undefined>(undefined);
  const [pickedId, pick] = useState<number | undefined>(undefined);
  const all = held ?? requests.value;
  const shown = useMemo(() => all.filter(liveFilter(query)).toReversed(), [all, query]);
  const picked = all.find(({ id }) => id === pickedId);
  const behind = held === undefined ? 0 : (requests.value.at(-1)?.id ?? 0) - (held.at(-1)?.id ?? 0);
  const pause = (): void => hold(held === undefined ? requests.value : undefined);
  useEffect(() => onKey("p", pause));
  useEffect(() => onKey("Escape", () => pick(undefined)));
  const isFiltered = Object.values(query).some((value) => value !== "");
  const withService = (snapshot.value?.services.length ?? 0) > 1;

  return (
    <>
      <div class="screen-head">
        <h1>Live</h1>
        <p>
          {isFiltered ? `${whole(shown.length)} of ${plural(all.length, "request")}` : plural(all.length, "request")}
          {requestsLeft.value > 0 && `; ${whole(requestsLeft.value)} more were too many to show`}
        </p>
        <div class="right">
          {behind > 0 && <span class="muted">{whole(behind)} waiting</span>}
          <button type="button" class="button" aria-pressed={held !== undefined} onClick={pause}>
            <Icon name={held === undefined ? "pause" : "play"} size={14} />
            {held === undefined ? "Pause" : "Go on"}
          </button>
        </div>
      </div>
      <Filters all={all} />
      <div class={`split${picked === undefined ? "" : " open"}`}>
        <section class="panel list" aria-label="Requests">
          {shown.length === 0 ? (
            all.length === 0 ? (
              <Empty icon="live" title="No request yet">
                <FirstStep />
              </Empty>
            ) : (
              <Empty icon="live" title="No request is like that">
                <p>{whole(all.length)} are here that are not. Take a filter away to see them.</p>
              </Empty>
            )
          ) : (
            <>
              {!isNarrow.value && (
                <div class="row-head live-row" aria-hidden="true">
                  <span>Ended</span>
                  <span>Status</span>
                  <span>Request</span>
                  <span class="num">Duration</span>
                  <span>Trace</span>
                </div>
              )}
              <VirtualRows
                label="Requests, newest first"
                items={shown}
                rowPx={isNarrow.value ? 54 : 34}
                keyOf={keyOf}
                render={(entry) => (
                  <button
                    type="button"
                    data-row
                    class="row live-row"
                    aria-current={entry.id === pickedId ? "true" : undefined}
                    onClick={() => pick(entry.id === pickedId ? undefined : entry.id)}
                  >
                    <LiveRow entry={entry} withService={withService} />
                  </button>
                )}
              />
            </>
          )}
        </section>
        {picked !== undefined && <RequestPanel entry={picked} close={() => pick(undefined)} />}
      </div>
    </>
  );
}

function LiveRow({ entry, withService }: { entry: RequestEntry; withService: boolean }): JSX.Element {
  const { at, statusCode, aborted, durationMs, path, route, service } = entry;
  return (
    <>
      <span class="faint when">{clockTime(at)}</span>
      <span class="code">
        <Status code={statusCode} aborted={aborted} />
        {aborted && statusCode !== undefined && <Icon name="close" size={11} />}
      </span>
      <span class="what">
        <RouteLabel {...entry} />
        {route !== undefined && path !== undefined && path !== route && <span class="faint path">{path}</span>}
        {withService && <span class="faint path">{service}</span>}
      </span>
      <span class="num took">{duration(durationMs)}</span>
      <span class="fate">
        <FateChip entry={entry} />
      </span>
    </>
  );
}

const statusChoices = [
  ["", "Any status"],
  ["failed", "Failed or left"],
  ["2xx", "2xx"],
  ["3xx", "3xx"],
  ["4xx", "4xx"],
  ["5xx", "5xx"],
  ["left", "Client left"],
] as const;

const durationChoices = [
  ["", "Any duration"],
  ["10", "≥ 10 ms"],
  ["50", "≥ 50 ms"],
  ["100", "≥ 100 ms"],
  ["500", "≥ 500 ms"],
  ["1000", "≥ 1 s"],
] as const;

function Filters({ all }: { all: readonly RequestEntry[] }): JSX.Element {
  const { query } = place.value;
  const reasons = useMemo(() => {
    const known = new Set(all.map(({ fate, reason }) => `${fate}:${reason}`));
    if (query["reason"] !== undefined && query["reason"] !== "") known.add(query["reason"]);
    return [...known].toSorted();
  }, [all, query["reason"]]);
  const choose = (name: string) => (event: TargetedEvent<HTMLSelectElement>) =>
    refine({ [name]: event.currentTarget.value });
  return (
    <div class="filters">
      <input
        class="field grow"
        data-filter
        type="search"
        placeholder="Route, path, rule or trace id  /"
        aria-label="Filter by text"
        value={query["text"] ?? ""}
        onInput={(event) => refine({ text: event.currentTarget.value })}
      />
      <select class="field" aria-label="Status" value={query["status"] ?? ""} onChange={choose("status")}>
        {statusChoices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <select class="field" aria-label="Duration" value={query["min"] ?? ""} onChange={choose("min")}>
        {durationChoices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <select class="field" aria-label="Reason" value={query["reason"] ?? ""} onChange={choose("reason")}>
        <option value="">Any reason</option>
        {reasons.map((reason) => (
          <option key={reason} value={reason}>
            {reason.replace("none:", "no trace: ").replace("sampled:", "sampled: ").replace("kept:", "kept: ")}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What became of a request, and how it came about. */
function RequestPanel({ entry, close }: { entry: RequestEntry; close: () => void }): JSX.Element {
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
  return (
    <aside class="panel side" aria-label="Why">
      <header>
        <h2 class="breaks">
          <RouteLabel {...entry} />
        </h2>
        <div class="right">
          <button type="button" class="button small quiet" aria-label="Close" onClick={close}>
            <Icon name="close" size={14} />
          </button>
        </div>
      </header>
      <section>
        <p class="chips">
          <Status code={entry.statusCode} aborted={entry.aborted} />
          <span>{duration(entry.durationMs)}</span>
          <FateChip entry={entry} />
        </p>
        {entry.traceId !== undefined && entry.fate !== "none" && (
          <p class="after">
            <a class="button primary" href={linkTo("traces", { id: entry.traceId })}>
              Open its trace
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
          <dd class="mono">{entry.traceId ?? "nobody asked for one"}</dd>
        </dl>
      </section>
    </aside>
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
          : `Of the rest are kept: failed ${percent(keep.errors)}, left ${percent(keep.aborted)}, over ${duration(keep.slowerThanMs)} ${percent(keep.slow)}${keep.trace ? ", with their spans" : ""}.`}
      </p>
    </>
  );
}
