import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { LogEntry, LogPage } from "../../../src/protocol.ts";
import { errorText, get } from "../../data/api.ts";
import { freshLines, head, snapshot } from "../../data/store.ts";
import { bytes, plural, whole } from "../../format/figures.ts";
import { Empty } from "../../parts/basics.tsx";
import { Command } from "../../parts/command.tsx";
import { FilterBar, type Choice } from "../../parts/filter-bar.tsx";
import { FirstStep } from "../../parts/first-step.tsx";
import { Icon } from "../../parts/icon.tsx";
import { NothingLikeThat } from "../../parts/nothing-like-that.tsx";
import { PauseButton, usePause } from "../../parts/pause-button.tsx";
import { ScreenHead } from "../../parts/screen-head.tsx";
import { VirtualRows } from "../../parts/virtual-rows.tsx";
import { onKey } from "../../shell/keys.ts";
import { place, refine } from "../../shell/place.ts";
import { isNarrow } from "../../shell/theme.ts";
import { LinePanel } from "./line-panel.tsx";
import { LogRow } from "./log-row.tsx";
import { isWanted, levels } from "./line-filter.ts";
import { RaiseLevel } from "./raise-level.tsx";

const pageSize = 500;
/** As many as the server holds. */
const maxShown = 5_000;

const levelChoice: Choice = {
  name: "level",
  label: "Level",
  options: [["", "Any level"], ...levels.slice(1).map((level) => [level, `${level} and above`] as const)],
};

function serviceChoice(services: readonly string[]): Choice {
  return {
    name: "service",
    label: "Service",
    options: [["", "Any service"], ...services.map((service) => [service, service] as const)],
  };
}

const keyOf = ({ id }: LogEntry): number => id;

export function LogsScreen(): JSX.Element {
  const { query } = place.value;
  const [page, setPage] = useState<LogPage | undefined>(undefined);
  const { shown: live, ...pause } = usePause(freshLines.value);
  // The line itself: it may be read long after newer ones have taken its place in the list.
  const [picked, pick] = useState<LogEntry | undefined>(undefined);
  const [said, say] = useState("");
  useEffect(() => onKey("Escape", () => pick(undefined)));
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

  const shown = useMemo(() => {
    const newest = page?.lines[0]?.id ?? -1;
    const fresh = live.filter((line) => line.id > newest && isWanted(line, filter)).toReversed();
    return [...fresh, ...(page?.lines ?? [])].slice(0, maxShown);
  }, [live, page, key]);

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
      <ScreenHead
        title="Logs"
        about={
          <>
            {ring !== undefined && `${plural(ring.count, "line")}, ${bytes(ring.bytes)} of ${bytes(ring.maxBytes)}`}
            {ring !== undefined && ring.dropped > 0 && `; ${whole(ring.dropped)} older ones made room`}
          </>
        }
      >
        <RaiseLevel />
        <PauseButton {...pause} />
      </ScreenHead>
      <FilterBar
        label="Filter by text"
        placeholder="In messages and fields"
        choices={services.length > 1 ? [levelChoice, serviceChoice(services)] : [levelChoice]}
      >
        {query["trace"] !== undefined && (
          <button type="button" class="button" onClick={() => refine({ trace: undefined })}>
            <Icon name="close" size={12} /> trace <span class="mono">{query["trace"].slice(0, 8)}</span>
          </button>
        )}
      </FilterBar>
      {said !== "" && <p class="warn-text">{said}</p>}
      <div class={`split${picked === undefined ? "" : " open"}`}>
        <section class="panel list" aria-label="Lines">
          {shown.length === 0 ? (
            <NoLines isFiltered={Object.values(filter).some((value) => value !== undefined && value !== "")} />
          ) : (
            <>
              {!isNarrow.value && (
                <div class="row-head line-row" aria-hidden="true">
                  <span title="By the clock of the service">Written</span>
                  <span>Level</span>
                  <span title="What the line says, and the first of its fields; press one to see all">
                    Message and fields
                  </span>
                  <span title="Of the trace that it belongs to">Trace</span>
                </div>
              )}
              <VirtualRows
                label="Log lines, newest first"
                items={shown}
                rowPx={isNarrow.value ? 54 : 34}
                keyOf={keyOf}
                render={(line) => (
                  <LogRow
                    line={line}
                    isPicked={line.id === picked?.id}
                    pick={() => pick(line.id === picked?.id ? undefined : line)}
                  />
                )}
              />
              {page?.hasMore === true && shown.length < maxShown && (
                <p class="pad">
                  <button type="button" class="button small" onClick={() => void older()}>
                    Older ones
                  </button>
                </p>
              )}
            </>
          )}
        </section>
        {picked !== undefined && <LinePanel line={picked} close={() => pick(undefined)} />}
      </div>
    </>
  );
}

function NoLines({ isFiltered }: { isFiltered: boolean }): JSX.Element {
  if (isFiltered) return <NothingLikeThat icon="logs" noun="line" />;
  return (
    <Empty icon="logs" title="No line yet">
      {head.value?.source === "otlp" ? (
        <FirstStep />
      ) : (
        <>
          <p>
            What your logger writes is here, with the ids of its trace, once it is one of ours, or hands its records on.
          </p>
          <Command text={'import { createLogger } from "@gossamer/pino";'} />
        </>
      )}
    </Empty>
  );
}
