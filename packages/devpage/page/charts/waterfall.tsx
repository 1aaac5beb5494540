import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { SpanView } from "../../src/protocol.ts";
import { duration, roundDuration } from "../format/figures.ts";
import { Icon } from "../parts/icon.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import { isNarrow } from "../shell/theme.ts";
import { ticks, waterfall, type WaterfallRow } from "./waterfall-rows.ts";

export interface WaterfallProps {
  readonly spans: readonly SpanView[];
  readonly pickedId: string | undefined;
  readonly pick: (spanId: string) => void;
  /** Those that a finding is about. */
  readonly marked: ReadonlySet<string>;
}

const keyOf = ({ span }: WaterfallRow): string => span.spanId;
const inPercent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** Spans under their parents, along the time of the trace. What is full is own time, what is pale is that of children. */
export function WaterfallChart({ spans, pickedId, pick, marked }: WaterfallProps): JSX.Element {
  const [closed, close] = useState<ReadonlySet<string>>(new Set());
  const { rows, durationMs } = useMemo(() => waterfall(spans, closed), [spans, closed]);
  const services = useMemo(() => [...new Set(spans.map(({ service }) => service))], [spans]);
  const toggle = (spanId: string): void => {
    const next = new Set(closed);
    if (!next.delete(spanId)) next.add(spanId);
    close(next);
  };
  return (
    <div class="waterfall">
      <div class="row-head wf-row" aria-hidden="true">
        <span>Span</span>
        <span class="ruler">
          {ticks(durationMs).map((ms) => (
            <i key={ms} style={{ left: inPercent(ms / durationMs) }}>
              {roundDuration(ms)}
            </i>
          ))}
        </span>
        <span class="num wide-only" title="Without what its children cover: the full part of the bar">
          Own
        </span>
        <span class="num" title="From its beginning to its end">
          Total
        </span>
      </div>
      <VirtualRows
        label="Spans"
        items={rows}
        rowPx={isNarrow.value ? 44 : 30}
        maxPx={560}
        keyOf={keyOf}
        render={(row) => (
          <SpanRow
            row={row}
            hue={services.indexOf(row.span.service) % 6}
            isPicked={row.span.spanId === pickedId}
            isMarked={marked.has(row.span.spanId)}
            isClosed={closed.has(row.span.spanId)}
            toggle={toggle}
            pick={pick}
          />
        )}
      />
    </div>
  );
}

interface SpanRowProps {
  readonly row: WaterfallRow;
  readonly hue: number;
  readonly isPicked: boolean;
  readonly isMarked: boolean;
  readonly isClosed: boolean;
  readonly toggle: (spanId: string) => void;
  readonly pick: (spanId: string) => void;
}

function SpanRow({ row, hue, isPicked, isMarked, isClosed, toggle, pick }: SpanRowProps): JSX.Element {
  const { span, childCount, from, to, own } = row;
  const { spanId, name, depth, durationMs, selfMs, status, held, restrained, service } = span;
  const indentPx = Math.min(depth, 12) * (isNarrow.value ? 8 : 14);
  const fold = (event: KeyboardEvent): void => {
    if ((event.key === "ArrowLeft" && childCount > 0 && !isClosed) || (event.key === "ArrowRight" && isClosed)) {
      event.preventDefault();
      toggle(spanId);
    }
  };
  return (
    <div class={`row wf-row v${hue}${isMarked ? " marked" : ""}`} data-on={isPicked ? "" : undefined}>
      <span class="wf-name" style={{ paddingLeft: `${indentPx}px` }}>
        {childCount > 0 ? (
          <button
            type="button"
            class="fold"
            aria-expanded={!isClosed}
            aria-label={isClosed ? `Show what is in ${name}` : `Hide what is in ${name}`}
            tabIndex={-1}
            onClick={() => toggle(spanId)}
          >
            <Icon name="open" size={12} />
          </button>
        ) : (
          <span class="fold" />
        )}
        <button
          type="button"
          data-row
          class="as-link"
          aria-pressed={isPicked}
          title={`${service}: ${name}`}
          onClick={() => pick(spanId)}
          onKeyDown={fold}
        >
          <i class="tag" aria-hidden="true" />
          <span class={status === "error" ? "bad-text" : ""}>{name}</span>
          {isClosed && <span class="faint"> +{childCount}</span>}
        </button>
        {status === "error" && <span class="chip tiny bad">error</span>}
        {held && <span class="chip tiny dew">held</span>}
        {restrained && <span class="chip tiny amber">restrained</span>}
      </span>
      <svg
        class={`wf-track${status === "error" ? " is-bad" : ""}`}
        width="100%"
        height="14"
        aria-hidden="true"
        onClick={() => pick(spanId)}
      >
        <rect
          class="wf-all"
          x={inPercent(from)}
          width={inPercent(Math.max(0.002, to - from))}
          y="2"
          height="10"
          rx="2"
        />
        {own.map(([begin, end]) => (
          <rect
            key={begin}
            x={inPercent(begin)}
            width={inPercent(Math.max(0.002, end - begin))}
            y="2"
            height="10"
            rx="2"
          />
        ))}
      </svg>
      <span class="num muted wide-only">{duration(selfMs)}</span>
      <span class="num">{duration(durationMs)}</span>
    </div>
  );
}
