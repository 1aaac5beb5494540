import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { LogEntry, LogLevelView, LogPage, PageLevel } from "../../src/protocol.ts";
import { errorText, get, post } from "../data/api.ts";
import { freshLines, head, isReadOnly, logLevels, snapshot } from "../data/store.ts";
import { bytes, plural, whole } from "../format/figures.ts";
import { valueText } from "../format/values.ts";
import { Empty } from "../parts/basics.tsx";
import { FirstStep } from "../parts/first-step.tsx";
import { Icon } from "../parts/icon.tsx";
import { LogLine } from "../parts/log-line.tsx";
import { onKey } from "../shell/keys.ts";
import { place, refine } from "../shell/place.ts";

const levels: readonly PageLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];
const pageSize = 200;
/** What one can read of; older ones are found by the filters. */
const maxShown = 600;

export function LogsScreen(): JSX.Element {
  const { query } = place.value;
  const [page, setPage] = useState<LogPage | undefined>(undefined);
  const [held, hold] = useState<readonly LogEntry[] | undefined>(undefined);
  const [said, say] = useState("");
  const filter = { text: query["text"], level: query["level"], service: query["service"], traceId: query["trace"] };
  const key = JSON.stringify(filter);

  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get<LogPage>("api/logs", { ...filter, limit: pageSize }, abort.signal)
        .then((found) => {
          setPage(found);
          say("");
        })
        .catch((error: unknown) => {
          if (!abort.signal.aborted) say(errorText(error));
        });
    }, 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key]);

  const live = held ?? freshLines.value;
  const shown = useMemo(() => {
    const newest = page?.lines[0]?.id ?? -1;
    const fresh = live.filter((line) => line.id > newest && isWanted(line, filter)).toReversed();
    return [...fresh, ...(page?.lines ?? [])].slice(0, maxShown);
  }, [live, page, key]);
  const pause = (): void => hold(held === undefined ? freshLines.value : undefined);
  useEffect(() => onKey("p", pause));

  const older = async (): Promise<void> => {
    try {
      const next = await get<LogPage>("api/logs", { ...filter, before: page?.lines.at(-1)?.id, limit: pageSize });
      setPage((before) => ({ lines: [...(before?.lines ?? []), ...next.lines], hasMore: next.hasMore }));
    } catch (error) {
      say(errorText(error));
    }
  };
  const ring = snapshot.value?.rings.logs;
  const services = snapshot.value?.services ?? [];
  return (
    <>
      <div class="screen-head">
        <h1>Logs</h1>
        <p>
          {ring !== undefined && `${plural(ring.count, "line")}, ${bytes(ring.bytes)} of ${bytes(ring.maxBytes)}`}
          {ring !== undefined && ring.dropped > 0 && `; ${whole(ring.dropped)} older ones made room`}
        </p>
        <div class="right">
          <RaiseLevel />
          <button type="button" class="button" aria-pressed={held !== undefined} onClick={pause}>
            <Icon name={held === undefined ? "pause" : "play"} size={14} />
            {held === undefined ? "Pause" : "Go on"}
          </button>
        </div>
      </div>
      <div class="filters">
        <input
          class="field grow"
          data-filter
          type="search"
          placeholder="In messages and fields  /"
          aria-label="Filter by text"
          value={query["text"] ?? ""}
          onInput={(event) => refine({ text: event.currentTarget.value })}
        />
        <select
          class="field"
          aria-label="Level"
          value={query["level"] ?? ""}
          onChange={(event) => refine({ level: event.currentTarget.value })}
        >
          <option value="">Any level</option>
          {levels.slice(1).map((level) => (
            <option key={level} value={level}>
              {level} and above
            </option>
          ))}
        </select>
        {services.length > 1 && (
          <select
            class="field"
            aria-label="Service"
            value={query["service"] ?? ""}
            onChange={(event) => refine({ service: event.currentTarget.value })}
          >
            <option value="">Any service</option>
            {services.map((service) => (
              <option key={service} value={service}>
                {service}
              </option>
            ))}
          </select>
        )}
        {query["trace"] !== undefined && (
          <button type="button" class="button" onClick={() => refine({ trace: undefined })}>
            <Icon name="close" size={12} /> trace <span class="mono">{query["trace"].slice(0, 8)}</span>
          </button>
        )}
      </div>
      {said !== "" && <p class="warn-text">{said}</p>}
      <section class="panel list grow-1" aria-label="Lines">
        {shown.length === 0 ? (
          <NoLines isFiltered={Object.values(filter).some((value) => value !== undefined && value !== "")} />
        ) : (
          <div class="rows" role="region" aria-label="Log lines, newest first" tabIndex={0}>
            <ul class="lines">
              {shown.map((line) => (
                <li key={line.id}>
                  <LogLine line={line} withTrace />
                </li>
              ))}
            </ul>
            {page?.hasMore === true && shown.length < maxShown && (
              <p class="pad">
                <button type="button" class="button small" onClick={() => void older()}>
                  Older ones
                </button>
              </p>
            )}
          </div>
        )}
      </section>
    </>
  );
}

interface LineFilter {
  readonly text: string | undefined;
  readonly level: string | undefined;
  readonly service: string | undefined;
  readonly traceId: string | undefined;
}

/** As the server does it, for those that come while the page is open. */
function isWanted(line: LogEntry, { text = "", level = "", service = "", traceId = "" }: LineFilter): boolean {
  if (level !== "" && levels.indexOf(line.level) < levels.findIndex((known) => known === level)) return false;
  if (service !== "" && line.service !== service) return false;
  if (traceId !== "" && line.traceId !== traceId) return false;
  if (text === "") return true;
  const all = `${line.message} ${Object.entries(line.attributes)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(" ")}`;
  return all.toLowerCase().includes(text.toLowerCase());
}

const raisedMs = 600_000;

function RaiseLevel(): JSX.Element | null {
  const known = logLevels.value;
  const [said, say] = useState("");
  if (known.length === 0 || isReadOnly.value) return null;
  const current = known[0]?.level ?? "info";
  const raise = async (level: LogLevelView["level"]): Promise<void> => {
    try {
      logLevels.value = await post<readonly LogLevelView[]>("api/log-level", { level, forMs: raisedMs });
      say("");
    } catch (error) {
      say(errorText(error));
    }
  };
  return (
    <label class="inline">
      <span class="muted">{said === "" ? "Level, for 10 min" : said}</span>
      <select
        class="field"
        value={current}
        onChange={(event) => void raise(event.currentTarget.value as LogLevelView["level"])}
      >
        {[...levels, "silent" as const].map((level) => (
          <option key={level} value={level}>
            {level}
          </option>
        ))}
      </select>
    </label>
  );
}

function NoLines({ isFiltered }: { isFiltered: boolean }): JSX.Element {
  if (isFiltered) {
    return (
      <Empty icon="logs" title="No line is like that">
        <p>Take a filter away to see the others.</p>
      </Empty>
    );
  }
  return (
    <Empty icon="logs" title="No line yet">
      {head.value?.source === "otlp" ? (
        <FirstStep />
      ) : (
        <>
          <p>
            What your logger writes is here, with the ids of its trace, once it is one of ours, or hands its records on.
          </p>
          <code>{'import { createLogger } from "@gossamer/pino";'}</code>
        </>
      )}
    </Empty>
  );
}
