import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LogEntry } from "../../src/protocol.ts";
import { duration } from "../format/figures.ts";
import { preview } from "../format/preview.ts";
import { Level } from "./basics.tsx";
import { LineFacts } from "./line-facts.tsx";

export interface LogLineProps {
  readonly line: LogEntry;
  /** The time is told from there. */
  readonly since: number;
}

/** A line of a trace; pressed it shows all that it says. */
export function LogLine({ line, since }: LogLineProps): JSX.Element {
  const [isOpen, open] = useState(false);
  const { at, level, logger, message } = line;
  return (
    <div class={`line ${level}`}>
      <button type="button" class="line-main" data-row aria-expanded={isOpen} onClick={() => open(!isOpen)}>
        <span class="faint when">+{duration(Math.max(0, at - since))}</span>
        <Level level={level} />
        <span class="message">
          {logger !== undefined && <span class="muted">{logger} </span>}
          {message}
          {!isOpen && <span class="faint some">{preview(line)}</span>}
        </span>
      </button>
      {isOpen && <LineFacts line={line} />}
    </div>
  );
}
