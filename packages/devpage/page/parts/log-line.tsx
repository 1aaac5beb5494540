import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LogEntry } from "../../src/protocol.ts";
import { clockTime, duration } from "../format/figures.ts";
import { valueText } from "../format/values.ts";
import { linkTo } from "../shell/place.ts";

export interface LogLineProps {
  readonly line: LogEntry;
  readonly withTrace: boolean;
  /** Then the time is told from there. */
  readonly since?: number;
}

const levelStyles: Readonly<Record<LogEntry["level"], string>> = {
  trace: "muted",
  debug: "muted",
  info: "good-text",
  warn: "warn-text",
  error: "bad-text",
  fatal: "bad-text",
};

/** A line; pressed it shows all that it says. */
export function LogLine({ line, withTrace, since }: LogLineProps): JSX.Element {
  const [isOpen, open] = useState(false);
  const { at, level, logger, message, traceId, attributes, service } = line;
  const names = Object.keys(attributes);
  return (
    <div class={`line ${level}`}>
      <button type="button" class="line-main" data-row aria-expanded={isOpen} onClick={() => open(!isOpen)}>
        <span class="faint when">{since === undefined ? clockTime(at) : `+${duration(Math.max(0, at - since))}`}</span>
        <span class={`level ${levelStyles[level]}`}>{level}</span>
        <span class="message">
          {logger !== undefined && <span class="muted">{logger} </span>}
          {message}
          {!isOpen && names.length > 0 && (
            <span class="faint some">
              {names
                .slice(0, 4)
                .map((name) => ` ${name}=${valueText(attributes[name] ?? null).slice(0, 40)}`)
                .join("")}
            </span>
          )}
        </span>
      </button>
      {withTrace && traceId !== undefined && (
        <a class="line-trace mono" href={linkTo("traces", { id: traceId })} title={traceId}>
          {traceId.slice(0, 8)}
        </a>
      )}
      {isOpen && (
        <dl class="facts mono-facts line-facts">
          <dt>service</dt>
          <dd>{service}</dd>
          {traceId !== undefined && <dt>trace</dt>}
          {traceId !== undefined && <dd class="mono">{traceId}</dd>}
          {Object.entries(attributes).map(([name, value]) => [
            <dt key={name}>{name}</dt>,
            <dd key={`${name} value`} class="mono pre">
              {valueText(value)}
            </dd>,
          ])}
        </dl>
      )}
    </div>
  );
}
