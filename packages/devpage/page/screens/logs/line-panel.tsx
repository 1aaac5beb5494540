import type { JSX } from "preact";
import type { LogEntry } from "../../../src/protocol.ts";
import { clockTime } from "../../format/figures.ts";
import { CopyButton, Level } from "../../parts/basics.tsx";
import { LineFacts } from "../../parts/line-facts.tsx";
import { SidePanel } from "../../parts/side-panel.tsx";
import { linkTo, refine } from "../../shell/place.ts";

/** All that a line says. */
export function LinePanel({ line, close }: { line: LogEntry; close: () => void }): JSX.Element {
  const { at, level, message, traceId } = line;
  return (
    <SidePanel label="Line" title={message} close={close}>
      <section>
        <p class="chips">
          <Level level={level} />
          <span class="muted">{clockTime(at)}</span>
          <CopyButton label="JSON" text={() => JSON.stringify(line, undefined, 2)} />
        </p>
        {traceId !== undefined && (
          <p class="chips after">
            <a class="button primary" href={linkTo("traces", { id: traceId })}>
              Open its trace
            </a>
            <button type="button" class="button" onClick={() => refine({ trace: traceId })}>
              Lines of this trace
            </button>
          </p>
        )}
      </section>
      <section>
        <LineFacts line={line} />
      </section>
    </SidePanel>
  );
}
