import type { JSX } from "preact";
import type { AccountView } from "../../../src/protocol.ts";
import { snapshot } from "../../data/store.ts";
import { bytes, whole } from "../../format/figures.ts";
import { Figure } from "../../parts/basics.tsx";
import { Icon } from "../../parts/icon.tsx";
import { ScreenHead } from "../../parts/screen-head.tsx";
import { InTheProcess } from "../../parts/in-the-process.tsx";
import { Counts } from "./counts.tsx";
import { ExportPanel } from "./export-panel.tsx";
import { NotShown, Received } from "./received.tsx";

export function PipelineScreen(): JSX.Element {
  const now = snapshot.value;
  if (now?.received !== undefined) return <Received received={now.received} rings={now.rings} />;
  if (now?.pipeline === undefined) return <InTheProcess title="Pipeline" />;
  const { status, accounts } = now.pipeline;
  const { traceExport, logExport, metricExport } = status;
  return (
    <>
      <ScreenHead title="Pipeline" about="What leaves this process, and what becomes of it" />
      <section class="panel" aria-label="Accounts">
        <header>
          <h2>Accounts</h2>
          <p>Everything that came in is somewhere.</p>
        </header>
        <div class="body accounts">
          {accounts.length === 0 ? (
            <p class="muted">
              Nothing is exported: set an exporter, or <code>OTEL_EXPORTER_OTLP_ENDPOINT</code>, to see it here.
            </p>
          ) : (
            accounts.map((account) => <Account key={account.signal} account={account} />)
          )}
        </div>
      </section>
      {traceExport !== undefined && <ExportPanel title="Traces" unit="span" status={traceExport} />}
      {logExport !== undefined && <ExportPanel title="Log records" unit="record" status={logExport} />}
      <div class="grid-2">
        <section class="panel" aria-label="Metrics">
          <header>
            <h2>Metrics</h2>
            {metricExport === undefined && <p>are not exported; readers and Prometheus have them</p>}
          </header>
          <div class="body stack">
            {metricExport !== undefined && (
              <dl class="figures">
                <Figure label="Exports">{whole(metricExport.exports)}</Figure>
                <Figure label="Data points">{whole(metricExport.exported)}</Figure>
                <Figure label="Failed" tone={metricExport.failures > 0 ? "warn-text" : ""}>
                  {whole(metricExport.failures)}
                </Figure>
                <Figure label="Sent">{bytes(metricExport.sentBytes)}</Figure>
              </dl>
            )}
            {metricExport?.refusal !== undefined && <p class="bad-text breaks">Refused: {metricExport.refusal}</p>}
            <table>
              <thead>
                <tr>
                  <th>Instrument</th>
                  <th class="num" title="What is more overflows into one series">
                    Series of {whole(status.metrics.maxSeries)}
                  </th>
                </tr>
              </thead>
              <tbody>
                {status.metrics.instruments
                  .filter((instrument) => instrument.series > 0)
                  .slice(0, 8)
                  .map(({ name, series, overflowed }) => (
                    <tr key={name}>
                      <td class="mono cut" title={name}>
                        {name}
                      </td>
                      <td class="num">
                        {whole(series)}
                        {overflowed > 0 && <span class="warn-text"> +{whole(overflowed)} overflowed</span>}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        </section>
        <div class="stack">
          <section class="panel" aria-label="Drops and faults">
            <header>
              <h2>Dropped before the pipeline, and faults</h2>
            </header>
            <div class="body stack">
              <Counts title="Spans" counts={status.spans.drops} none="No span was dropped." />
              <Counts
                title="Requests that would have been kept"
                counts={status.sampling.keepDrops}
                none="No bound refused one."
              />
              <Counts title="Faults" counts={status.faults} none="Nothing went wrong inside." isBad />
            </div>
          </section>
          <section class="panel" aria-label="Decisions">
            <div class="body only">
              <Counts
                title="Decisions"
                counts={status.sampling.decisions}
                none="Nothing was decided yet."
                isPlain
                withShares
              />
            </div>
          </section>
          <NotShown rings={now.rings} />
        </div>
      </div>
    </>
  );
}

const parts = ["exported", "queued", "inFlight", "spooled", "dropped", "uncertain"] as const;
const partNames: Readonly<Record<(typeof parts)[number], string>> = {
  exported: "exported",
  queued: "queued",
  inFlight: "in flight",
  spooled: "spooled",
  dropped: "dropped",
  uncertain: "uncertain",
};

/** The equation, as a check. */
function Account({ account }: { account: AccountView }): JSX.Element {
  const { signal, accepted, isBalanced, dropped } = account;
  return (
    <div class="account">
      <h3>{signal}</h3>
      <div class="equation">
        <span class="term">
          <strong>{whole(accepted)}</strong>
          <small>accepted</small>
        </span>
        <span class="sign">=</span>
        {parts.map((part, i) => [
          i > 0 && (
            <span class="sign" key={`${part} +`}>
              +
            </span>
          ),
          <span
            class={`term${account[part] === 0 ? " none" : ""}${part === "dropped" && dropped > 0 ? " warn-text" : ""}`}
            key={part}
          >
            <strong>{whole(account[part])}</strong>
            <small>{partNames[part]}</small>
          </span>,
        ])}
        <span class={isBalanced ? "verdict good-text" : "verdict bad-text"}>
          <Icon name={isBalanced ? "done" : "warn"} />
          {isBalanced ? "adds up" : "does not add up"}
        </span>
      </div>
    </div>
  );
}
