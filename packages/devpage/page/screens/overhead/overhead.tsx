import type { JSX } from "preact";
import { LineChart } from "../../charts/line-chart.tsx";
import { points, snapshot } from "../../data/store.ts";
import { bytes, clockTime, digits, duration, micros, percent, whole } from "../../format/figures.ts";
import { Chip, Empty, Figure, Meter } from "../../parts/basics.tsx";
import { Command } from "../../parts/command.tsx";
import { ScreenHead } from "../../parts/screen-head.tsx";
import { InTheProcess } from "../../parts/in-the-process.tsx";
import { Changes, type Report, Stairs } from "./steps.tsx";

export function OverheadScreen(): JSX.Element {
  const now = snapshot.value;
  if (now?.pipeline === undefined) return <InTheProcess title="Overhead" />;
  const { overhead, process } = now;
  if (overhead === undefined) {
    return (
      <>
        <ScreenHead title="Overhead" />
        <div class="panel">
          <Empty icon="overhead" title="Telemetry does not measure itself here">
            <p>It is switched off, or stands beside an SDK. Let it measure with</p>
            <Command text="overhead: { enabled: true }" />
          </Empty>
        </div>
      </>
    );
  }
  const measured = points.value.filter((point) => point.overheadShare !== undefined);
  return (
    <>
      <ScreenHead title="Overhead" about="What telemetry takes of this process, measured while it runs" />
      <div class="overhead-top">
        <section class="panel" aria-label="Cost">
          <div class="body stack">
            <dl class="figures">
              <Figure
                label="Added to a request"
                about="Time of this process that telemetry takes of a request, spread over those of the last window"
              >
                {overhead.requestUs === undefined ? <small>after 16 requests</small> : micros(overhead.requestUs)}
              </Figure>
              <Figure label="Share of CPU" about="Of what this process uses">
                {percent(overhead.share)}
              </Figure>
              <Figure label="Could be saved" about="The share that switching all of it off would give back">
                {percent(overhead.gainable)}
              </Figure>
              <Figure label="CPU cores" about="One is a core that does nothing else">
                {digits(Number(overhead.cores.toFixed(4)))}
              </Figure>
              <Figure label="Memory held" about="By queues, batches and what waits for the end of its request">
                {bytes(overhead.bytes)}
              </Figure>
              <Figure label="Longest stretch" about="The longest that telemetry kept the event loop at one go">
                {duration(overhead.blockMaxMs)}
              </Figure>
            </dl>
            <LineChart
              label="Cost of a request and share of CPU"
              times={measured.map(({ at }) => at)}
              lines={[
                {
                  label: "a request",
                  colour: "dew-fill",
                  values: measured.map(({ requestUs }) => requestUs),
                  format: micros,
                },
                {
                  label: "share of CPU",
                  colour: "amber-fill",
                  values: measured.map(({ overheadShare }) => overheadShare),
                  format: percent,
                },
              ]}
            />
          </div>
        </section>
        <Parts report={overhead} />
      </div>
      <Stairs report={overhead} />
      <div class="grid-2">
        <section class="panel" aria-label="Sensors">
          <header>
            <h2>Sensors</h2>
            <p>how busy the process is</p>
          </header>
          <div class="body stack">
            <Sensor name="CPU" value={overhead.sensors.cpu} />
            <Sensor name="Event loop" value={overhead.sensors.loop} />
            <Sensor name="Memory" value={overhead.sensors.memory} />
            <Sensor name="Throttled" value={overhead.sensors.throttled} />
            {process !== undefined && (
              <p class="note">
                heap {bytes(process.heapBytes)}, resident {bytes(process.rssBytes)}
              </p>
            )}
          </div>
        </section>
        <Proofs report={overhead} />
      </div>
      <Changes report={overhead} />
    </>
  );
}

const partWords: Readonly<Record<string, string>> = {
  begin: "begin of requests",
  run: "while they run",
  end: "end of requests",
  export: "exports",
  metrics: "collecting metrics",
  logs: "log lines",
  plugins: "your processors and exporters",
  governor: "measuring itself",
};

function Parts({ report }: { report: Report }): JSX.Element {
  const parts = Object.entries(report.byPart).toSorted(([, a], [, b]) => b - a);
  const total = Math.max(
    Number.MIN_VALUE,
    parts.reduce((sum, [, seconds]) => sum + seconds, 0),
  );
  return (
    <section class="panel" aria-label="By part">
      <header>
        <h2>By part</h2>
        <p>{duration(total * 1_000)} since the start</p>
      </header>
      <ul class="body part-list">
        {parts.map(([part, seconds]) => (
          <li key={part}>
            <span>{partWords[part] ?? part}</span>
            <span class="num">{percent(seconds / total)}</span>
            <span class="num muted">{duration(seconds * 1_000)}</span>
            <span class="meter" aria-hidden="true">
              <i class="b2" style={{ width: `${(100 * seconds) / total}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sensor({ name, value }: { name: string; value: number | undefined }): JSX.Element {
  return (
    <div class="sensor">
      <span>{name}</span>
      {value === undefined ? <span class="faint">not told here</span> : <Meter value={value} label={name} />}
      <span class="num">{percent(value)}</span>
    </div>
  );
}

function Proofs({ report: { proven, optimizer } }: { report: Report }): JSX.Element {
  return (
    <section class="panel" aria-label="Proof and tuning">
      <header>
        <h2>Proof and tuning</h2>
      </header>
      <div class="body stack">
        {proven === undefined ? (
          <p class="muted">
            No trial: with <code>{"overhead: { trial: true }"}</code> windows without traces prove what traces cost
            here.
          </p>
        ) : (
          <p>
            {proven.state === "proven" ? "Traces and lines add " : "So far traces and lines seem to add "}
            <strong>{micros(proven.requestUs)}</strong>{" "}
            <span class="muted">
              [{micros(proven.lowUs)}, {micros(proven.highUs)}]
            </span>{" "}
            to a request, by {whole(proven.windows)} windows.
            {proven.remainingMs !== undefined &&
              proven.remainingMs > 0 &&
              ` About ${duration(proven.remainingMs)} to go.`}
          </p>
        )}
        {optimizer === undefined ? (
          <p class="muted">
            No tuning: with <code>{"overhead: { optimize: { … } }"}</code> batches and ratios move by what is measured.
          </p>
        ) : (
          <>
            <p>
              batches × {digits(optimizer.tuning.batch)}, ratios × {digits(optimizer.tuning.ratio)}, gzip{" "}
              {optimizer.tuning.gzipLevel}, {optimizer.tuning.concurrentExports} exports at once
            </p>
            <ul class="change-list">
              {optimizer.changes
                .slice(-6)
                .toReversed()
                .map((change) => (
                  <li key={`${change.at} ${change.rule}`}>
                    <span class="faint">{clockTime(change.at, false)}</span> {change.reason}: {change.figure}{" "}
                    {digits(change.before)} → {change.after === undefined ? "…" : digits(change.after)}{" "}
                    {change.isUndone ? (
                      <Chip tone="amber">undone</Chip>
                    ) : (
                      change.gain !== undefined && <Chip tone="dew">gain {percent(change.gain)}</Chip>
                    )}
                  </li>
                ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}
