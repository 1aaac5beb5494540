import type { JSX } from "preact";
import { isReadOnly, snapshot } from "../../data/store.ts";
import { lasting, percent, plural, rate, whole } from "../../format/figures.ts";
import { decisionText } from "../../format/status.ts";
import { Figure } from "../../parts/basics.tsx";

/** What rules on trial would have done with the traffic since the trial began, beside what was done. */
export function DryRunPanel({ stop }: { stop: () => void }): JSX.Element {
  const now = snapshot.value;
  const trial = now?.dryRun;
  if (now === undefined || trial === undefined) {
    return (
      <section class="panel" aria-label="Dry run">
        <header>
          <h2>Dry run</h2>
        </header>
        <div class="body">
          <p class="muted">
            Change something and press Try: each request is then decided a second time by your draft, and counted here.
            Nothing else happens.
          </p>
        </div>
      </section>
    );
  }
  const { report, startedAt, sampledPerSecond, spansPerSecond } = trial;
  const { both, onlyLive, onlyDryRun, neither } = report;
  const total = both + onlyLive + onlyDryRun + neither;
  const names = [...new Set([...Object.keys(report.live), ...Object.keys(report.dryRun)])].toSorted(
    (a, b) => count(report, b) - count(report, a),
  );
  const cells = [
    ["Both", both, "b2", "sampled now, and by the draft"],
    ["Only live", onlyLive, "b4", "the draft leaves them out"],
    ["Only dry run", onlyDryRun, "b3", "the draft adds them"],
    ["Neither", neither, "b0", "sampled by none"],
  ] as const;
  return (
    <section class="panel dry-run" aria-label="Dry run">
      <header>
        <h2>Dry run</h2>
        <p>
          {plural(total, "request")} in {lasting(now.at - startedAt)}
        </p>
        <div class="right">
          {!isReadOnly.value && (
            <button type="button" class="button small" onClick={stop}>
              End
            </button>
          )}
        </div>
      </header>
      <div class="body stack">
        {total === 0 ? (
          <p class="muted">No request was decided since it began: send one.</p>
        ) : (
          <>
            <div class="bars" aria-hidden="true">
              {cells.map(
                ([name, value, style]) => value > 0 && <i key={name} class={style} style={{ flexGrow: value }} />,
              )}
            </div>
            <dl class="dry-cells">
              {cells.map(([name, value, style, meaning]) => (
                <div key={name}>
                  <dt>
                    <i class={style} aria-hidden="true" />
                    {name}
                  </dt>
                  <dd>
                    <strong>{whole(value)}</strong> <span class="muted">{percent(value / total)}</span>
                    <small class="muted">{meaning}</small>
                  </dd>
                </div>
              ))}
            </dl>
            <dl class="figures">
              <Figure label="Traces a second, live" about="Requests a second that get a trace by the rules in force">
                {rate(sampledPerSecond.live)}
              </Figure>
              <Figure label="by the draft" about="Requests a second that would get one">
                {rate(sampledPerSecond.dryRun)}
              </Figure>
              {spansPerSecond !== undefined && (
                <Figure
                  label={spansPerSecond.saved >= 0 ? "Spans a second saved" : "Spans a second more"}
                  about="By the spans that a sampled request has had in this time"
                  tone={spansPerSecond.saved >= 0 ? "good-text" : "warn-text"}
                >
                  {rate(Math.abs(spansPerSecond.saved))}{" "}
                  <small>
                    {spansPerSecond.saved >= 0 ? "of" : "on top of"} {rate(spansPerSecond.live)}
                  </small>
                </Figure>
              )}
            </dl>
            <table>
              <thead>
                <tr>
                  <th title="Rule or sampler, and what came of it">Decided by</th>
                  <th class="num">Live</th>
                  <th class="num">Dry run</th>
                </tr>
              </thead>
              <tbody>
                {names.slice(0, 10).map((name) => (
                  <tr key={name}>
                    <td class="cut" title={name}>
                      {decisionText(name)}
                    </td>
                    <td class="num">{whole(report.live[name] ?? 0)}</td>
                    <td class="num">{whole(report.dryRun[name] ?? 0)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </div>
    </section>
  );
}

function count(
  {
    live,
    dryRun,
  }: { readonly live: Readonly<Record<string, number>>; readonly dryRun: Readonly<Record<string, number>> },
  name: string,
): number {
  return Math.max(live[name] ?? 0, dryRun[name] ?? 0);
}
