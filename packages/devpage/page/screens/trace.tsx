import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageAttributes, SpanView, TraceDetail, TraceFinding } from "../../src/protocol.ts";
import { WaterfallChart } from "../charts/waterfall.tsx";
import { errorText, get, getText } from "../data/api.ts";
import { head, traces } from "../data/store.ts";
import { clockTime, duration, plural } from "../format/figures.ts";
import { valueText } from "../format/values.ts";
import { Chip, CopyButton, Empty, Status } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { LogLine } from "../parts/log-line.tsx";
import { onKey } from "../shell/keys.ts";
import { go, linkTo } from "../shell/place.ts";

export function TraceScreen({ traceId }: { traceId: string }): JSX.Element {
  const [detail, setDetail] = useState<TraceDetail | string | undefined>(undefined);
  const [pickedId, pick] = useState<string | undefined>(undefined);
  const [marked, mark] = useState<ReadonlySet<string>>(new Set());
  const known = traces.value.find((trace) => trace.traceId === traceId);
  const size = `${known?.spans ?? 0} ${known?.logs ?? 0}`;
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
  const { summary, spans, findings, logs, dropped } = detail;
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
        {summary.reason !== undefined && <Chip>{summary.reason}</Chip>}
        <div class="right">
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
        {dropped > 0 && <span class="warn-text">{plural(dropped, "span")} did not fit</span>}
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
            {logs.map((line) => (
              <li key={line.id}>
                <LogLine line={line} withTrace={false} since={summary.startMs} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

const titles: Readonly<Record<TraceFinding["kind"], string>> = {
  "repeated-calls": "Repeated calls",
  "serial-calls": "One after the other",
  "one-span": "Nearly all in one span",
};

interface FindingCardProps {
  readonly finding: TraceFinding;
  readonly spans: readonly SpanView[];
  readonly isOn: boolean;
  readonly mark: (ids: ReadonlySet<string>) => void;
  readonly pick: (id: string) => void;
}

function FindingCard({ finding, isOn, mark, pick }: FindingCardProps): JSX.Element {
  const { kind, message, spanIds, gainMs } = finding;
  return (
    <div class="finding">
      <Icon name="warn" />
      <div>
        <strong>{titles[kind]}</strong>
        {gainMs !== undefined && <Chip tone="amber">up to {duration(gainMs)} to gain</Chip>}
        <p>{message}</p>
      </div>
      <button
        type="button"
        class="button small"
        aria-pressed={isOn}
        onClick={() => {
          mark(isOn ? new Set() : new Set(spanIds));
          const [first] = spanIds;
          if (!isOn && spanIds.length === 1 && first !== undefined) pick(first);
        }}
      >
        {isOn ? "Unmark" : "Show"}
      </button>
    </div>
  );
}

function SpanPanel({ span, close }: { span: SpanView; close: () => void }): JSX.Element {
  const {
    name,
    kind,
    service,
    scope,
    startMs,
    durationMs,
    selfMs,
    status,
    statusMessage,
    attributes,
    events,
    links,
    dropped,
    spanId,
  } = span;
  const lost = dropped.attributes + dropped.events + dropped.links;
  return (
    <aside class="panel side" aria-label="Span">
      <header>
        <h2 class="breaks">{name}</h2>
        <div class="right">
          <button type="button" class="button small quiet" aria-label="Close" onClick={close}>
            <Icon name="close" size={14} />
          </button>
        </div>
      </header>
      <section>
        <p class="chips">
          <Chip>{kind}</Chip>
          {status === "error" && <Chip tone="bad">error</Chip>}
          {span.held && <Chip tone="dew">held until its request was kept</Chip>}
          {span.restrained && <Chip tone="amber">restrained: telemetry was held back</Chip>}
          {span.isOrphan && <Chip tone="amber">its parent is not here</Chip>}
        </p>
        {statusMessage !== undefined && statusMessage !== "" && <p class="bad-text breaks after">{statusMessage}</p>}
        <dl class="facts after">
          <Fact name="Service">{service}</Fact>
          <Fact name="Scope">{scope}</Fact>
          <Fact name="Began">{clockTime(startMs)}</Fact>
          <Fact name="Duration">{duration(durationMs)}</Fact>
          <Fact name="Own time">{duration(selfMs)}</Fact>
          <Fact name="Span id">
            <span class="mono">{spanId}</span>
          </Fact>
        </dl>
      </section>
      <section>
        <h3>Attributes</h3>
        <Attributes all={attributes} />
        {lost > 0 && <p class="note warn-text">{plural(lost, "item")} lost to limits</p>}
      </section>
      {events.length > 0 && (
        <section>
          <h3>Events</h3>
          {events.map((event) => (
            <div class="event" key={`${event.at} ${event.name}`}>
              <p>
                <strong>{event.name}</strong> <span class="faint">+{duration(event.at - startMs)}</span>
              </p>
              <Attributes all={event.attributes} />
            </div>
          ))}
        </section>
      )}
      {links.length > 0 && (
        <section>
          <h3>Links</h3>
          {links.map((link) => (
            <p key={link.spanId}>
              <a class="accent mono" href={linkTo("traces", { id: link.traceId })}>
                {link.traceId}
              </a>
            </p>
          ))}
        </section>
      )}
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Attributes({ all }: { all: PageAttributes }): JSX.Element {
  const entries = useMemo(() => Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)), [all]);
  if (entries.length === 0) return <p class="faint">none</p>;
  return (
    <dl class="facts mono-facts">
      {entries.map(([name, value]) => (
        <Fact name={name} key={name}>
          <span class="mono pre">{valueText(value)}</span>
        </Fact>
      ))}
    </dl>
  );
}

function Missing({ traceId, why }: { traceId: string; why: string }): JSX.Element {
  return (
    <div class="panel">
      <Empty icon="traces" title="This trace is not here">
        <p class="mono breaks">{traceId}</p>
        <p>
          {why} {head.value?.source === "engine" && "It was not sampled, or made room for newer ones."}
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
