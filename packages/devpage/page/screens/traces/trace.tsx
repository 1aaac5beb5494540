import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TraceDetail } from "../../../src/protocol.ts";
import { droppedText } from "../../../src/traces/dropped-text.ts";
import { WaterfallChart } from "../../charts/waterfall.tsx";
import { errorText, get, getText } from "../../data/api.ts";
import { head, traces } from "../../data/store.ts";
import { clockTime, duration, plural } from "../../format/figures.ts";
import { reasonText } from "../../format/status.ts";
import { Chip, CopyButton, Empty, Status } from "../../parts/basics.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LogLine } from "../../parts/log-line.tsx";
import { onKey } from "../../shell/keys.ts";
import { go, linkTo } from "../../shell/place.ts";
import { FindingCard } from "./finding-card.tsx";
import { SpanPanel } from "./span-panel.tsx";

export function TraceScreen({ traceId }: { traceId: string }): JSX.Element {
  const [detail, setDetail] = useState<TraceDetail | string | undefined>(undefined);
  const [pickedId, pick] = useState<string | undefined>(undefined);
  const [marked, mark] = useState<ReadonlySet<string>>(new Set());
  const known = traces.value.find((trace) => trace.traceId === traceId);
  const size = `${known?.spans ?? 0} ${known?.logs ?? 0} ${known?.dropped ?? 0}`;
  useEffect(() => {
    const abort = new AbortController();
    get<TraceDetail>(`api/traces/${encodeURIComponent(traceId)}`, {}, abort.signal)
      .then(setDetail)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setDetail((before) => (typeof before === "object" ? before : errorText(error)));
      });
    return () => abort.abort();
    // Again when it has grown.
  }, [traceId, size]);
  useEffect(() => onKey("Escape", () => (pickedId === undefined ? go("traces") : pick(undefined))));

  if (detail === undefined) return <p class="muted">Loading.</p>;
  if (typeof detail === "string") return <Missing traceId={traceId} why={detail} />;
  const { summary, spans, findings, logs, left } = detail;
  // They come from several services, each when it exports.
  const lines = logs.toSorted((a, b) => a.at - b.at);
  const picked = spans.find(({ spanId }) => spanId === pickedId);
  return (
    <>
      <div class="screen-head">
        <a class="button small quiet" href={linkTo("traces")} aria-label="All traces">
          <Icon name="back" size={16} />
        </a>
        <h1 class="breaks">{summary.name}</h1>
        {summary.statusCode !== undefined && <Status code={summary.statusCode} />}
        <strong>{duration(summary.durationMs)}</strong>
        {summary.errors > 0 && <Chip tone="bad">{plural(summary.errors, "error")}</Chip>}
        {summary.reason !== undefined && <Chip>{reasonText(summary.reason)}</Chip>}
        <div class="right">
          <a
            class="button small"
            href={linkTo("live", { query: { text: traceId } })}
            title="The request that made it, and how it was decided"
          >
            <Icon name="live" size={14} /> Request
          </a>
          <CopyButton label="Link" text={() => location.href} />
          <CopyButton
            label="OTLP JSON"
            text={() => getText(`api/traces/${encodeURIComponent(traceId)}`, { format: "otlp" })}
          />
          <CopyButton
            label="Markdown"
            text={() => getText(`api/traces/${encodeURIComponent(traceId)}`, { format: "markdown" })}
          />
        </div>
      </div>
      <p class="muted trace-facts">
        <span class="mono">{traceId}</span>
        <span>{clockTime(summary.startMs)}</span>
        {[...new Set(spans.map(({ service }) => service))].map((service, i) => (
          <span key={service} class={`v${i % 6}`}>
            <i class="tag" aria-hidden="true" />
            {service}
          </span>
        ))}
        <span>{plural(spans.length, "span")}</span>
        {summary.dropped > 0 && (
          <a
            class="warn-text"
            href={linkTo("pipeline")}
            title="Beyond maxSpansPerRequest or another limit. Pipeline counts the spans of all traces that were dropped, by reason."
          >
            {droppedText(summary.dropped)}
          </a>
        )}
        {left > 0 && <span class="warn-text">{plural(left, "span")} did not fit on the page</span>}
        {!summary.hasRoot && <span>its root is not here</span>}
      </p>
      {findings.length > 0 && (
        <ul class="findings" aria-label="Findings">
          {findings.map((finding) => (
            <li key={`${finding.kind} ${finding.spanIds.join()}`}>
              <FindingCard
                finding={finding}
                spans={spans}
                mark={mark}
                isOn={
                  marked.size > 0 &&
                  finding.spanIds.every((id) => marked.has(id)) &&
                  marked.size === finding.spanIds.length
                }
                pick={pick}
              />
            </li>
          ))}
        </ul>
      )}
      <div class={`trace-body${picked === undefined ? "" : " open"}`}>
        <section class="panel list" aria-label="Waterfall">
          <WaterfallChart
            spans={spans}
            pickedId={pickedId}
            pick={(id) => pick(id === pickedId ? undefined : id)}
            marked={marked}
          />
        </section>
        {picked !== undefined && <SpanPanel span={picked} close={() => pick(undefined)} />}
      </div>
      <section class="panel" aria-label="Log lines">
        <header>
          <h2>Log lines</h2>
          <p>{logs.length === 0 ? "none was written while it ran" : plural(logs.length, "line")}</p>
        </header>
        {logs.length > 0 && (
          <ul class="lines">
            {lines.map((line) => (
              <li key={line.id}>
                <LogLine line={line} since={summary.startMs} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

function Missing({ traceId, why }: { traceId: string; why: string }): JSX.Element {
  return (
    <div class="panel">
      <Empty icon="traces" title="This trace is not here">
        <p class="mono breaks">{traceId}</p>
        <p>
          {why} It was not {head.value?.source === "engine" ? "sampled" : "sent here"}, or made room for newer ones.
        </p>
        <p>
          <a class="accent" href={linkTo("live", { query: { text: traceId } })}>
            Look for its request in Live
          </a>{" "}
          ·{" "}
          <a class="accent" href={linkTo("logs", { query: { trace: traceId } })}>
            its log lines
          </a>
        </p>
      </Empty>
    </div>
  );
}
