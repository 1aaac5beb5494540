import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { PageAttributes, SpanView } from "../../../src/protocol.ts";
import { clockTime, duration, plural } from "../../format/figures.ts";
import { valueText } from "../../format/values.ts";
import { Chip } from "../../parts/basics.tsx";
import { SidePanel } from "../../parts/side-panel.tsx";
import { linkTo } from "../../shell/place.ts";

/** All that a span says. */
export function SpanPanel({ span, close }: { span: SpanView; close: () => void }): JSX.Element {
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
    <SidePanel label="Span" title={name} close={close}>
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
    </SidePanel>
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
