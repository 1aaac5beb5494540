import type { JSX } from "preact";
import type { LogEntry } from "../../../src/protocol.ts";
import { clockTime } from "../../format/figures.ts";
import { preview } from "../../format/preview.ts";
import { Level } from "../../parts/basics.tsx";
import { linkTo } from "../../shell/place.ts";

export interface LogRowProps {
  readonly line: LogEntry;
  readonly isPicked: boolean;
  readonly pick: () => void;
}

/** A line in one row, and the way to its trace. */
export function LogRow({ line, isPicked, pick }: LogRowProps): JSX.Element {
  const { at, level, logger, message, traceId } = line;
  return (
    <div class={`row line-row line ${level}`} data-on={isPicked ? "" : undefined} onClick={pick}>
      <span class="faint when">{clockTime(at)}</span>
      <Level level={level} />
      <button type="button" data-row class="message" aria-pressed={isPicked} title={message}>
        {logger !== undefined && <span class="muted">{logger} </span>}
        {message}
        <span class="faint some">{preview(line)}</span>
      </button>
      {traceId !== undefined && (
        <a
          class="line-trace mono"
          href={linkTo("traces", { id: traceId })}
          title={`Open its trace ${traceId}`}
          onClick={(event) => event.stopPropagation()}
        >
          {traceId.slice(0, 8)}
        </a>
      )}
    </div>
  );
}
