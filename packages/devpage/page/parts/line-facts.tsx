import type { JSX } from "preact";
import type { LogEntry } from "../../src/protocol.ts";
import { valueText } from "../format/values.ts";

/** Where a line comes from, and its fields. */
export function LineFacts({ line }: { line: LogEntry }): JSX.Element {
  const { service, traceId, spanId, logger, attributes } = line;
  const origin = { service, logger, trace: traceId, span: spanId };
  const facts = [
    ...Object.entries(origin).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ...Object.entries(attributes).map(([name, value]) => [name, valueText(value)] as const),
  ];
  return (
    <dl class="facts mono-facts line-facts">
      {facts.map(([name, value], i) => [
        <dt key={`${i} name`}>{name}</dt>,
        <dd key={i} class="mono pre">
          {value}
        </dd>,
      ])}
    </dl>
  );
}
