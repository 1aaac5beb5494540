import type { JSX } from "preact";
import type { ReceivedView, RingsView } from "../../../src/protocol.ts";
import { bytes, whole } from "../../format/figures.ts";
import { Figure } from "../../parts/basics.tsx";
import { ScreenHead } from "../../parts/screen-head.tsx";
import { Counts } from "./counts.tsx";

const refusals: Readonly<Record<keyof ReceivedView["refused"], string>> = {
  foreign: "from another machine or site",
  "not-otlp": "no OTLP path or type",
  malformed: "malformed",
  "too-large": "too large",
  "too-slow": "too slow",
  busy: "too many at once",
};
const kinds: Readonly<Record<keyof ReceivedView["rejected"], string>> = {
  traces: "spans",
  logs: "log records",
  metrics: "data points",
};

/** What a receiver took of others, and what it did not. */
export function Received({ received, rings }: { received: ReceivedView; rings: RingsView }): JSX.Element {
  const { requests, refused, rejected, reading } = received;
  return (
    <>
      <ScreenHead title="Pipeline" about="What other processes sent to this page, and what it did not take" />
      <div class="grid-2">
        <section class="panel" aria-label="Received">
          <header>
            <h2>Received</h2>
          </header>
          <div class="body stack">
            <dl class="figures">
              <Figure label="Requests taken">{whole(requests)}</Figure>
              <Figure label="Being read" about="Of all requests together; more are asked to come again">
                {bytes(reading.bytes)} of {bytes(reading.maxBytes)}
              </Figure>
            </dl>
            <Counts title="Requests refused" counts={named(refused, refusals)} none="No request was refused." />
            <Counts
              title="Passed over in requests that were taken"
              counts={named(rejected, kinds)}
              none="Nothing was."
            />
          </div>
        </section>
        <NotShown rings={rings} evictedSeries={received.evictedSeries} />
      </div>
    </>
  );
}

/** What this page had no room for: its bounds hold whatever comes. */
export function NotShown({ rings, evictedSeries = 0 }: { rings: RingsView; evictedSeries?: number }): JSX.Element {
  const { requests, traces, logs, skippedSpans, clients } = rings;
  return (
    <section class="panel" aria-label="Not on this page">
      <header>
        <h2>Not on this page</h2>
      </header>
      <div class="body only">
        <Counts
          title="Since it was opened"
          counts={{
            "older requests": requests.dropped,
            "older traces": traces.dropped,
            "older log lines": logs.dropped,
            "spans that came faster than they are read": skippedSpans,
            "series that made room for newer ones": evictedSeries,
            "browsers beyond the limit": clients.refused,
          }}
          none="All that came is here."
          isPlain
        />
      </div>
    </section>
  );
}

function named<Key extends string>(
  counts: Readonly<Record<Key, number>>,
  names: Readonly<Record<Key, string>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries<string>(names).map(([key, name]) => [name, counts[key as Key]]));
}
