import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ladder, type GovernorDraft, type Snapshot } from "../../../src/protocol.ts";
import { errorText, post } from "../../data/api.ts";
import { changes, isReadOnly, snapshot } from "../../data/store.ts";
import { ago, clockTime, digits, micros, percent } from "../../format/figures.ts";
import { Chip } from "../../parts/basics.tsx";

export type Report = NonNullable<Snapshot["overhead"]>;
type Step = Report["step"];

const stepWords: Readonly<Record<Step, string>> = {
  full: "all that was asked for",
  children: "no framework steps, 20 child spans a request",
  ratio: "a smaller share is sampled",
  roots: "one span a request, few kept",
  metrics: "no traces, lines of failures alone",
  off: "requests are one number",
};

const heldMs = 600_000;

/** The steps as stairs, from all of it down to none, with the one that holds marked. */
export function Stairs({ report }: { report: Report }): JSX.Element {
  const [said, say] = useState("");
  const at = ladder.indexOf(report.step);
  const causes = Object.entries(report.causes);
  const isManual = report.causes.manual !== undefined;
  const set = async (step: Step | null): Promise<void> => {
    try {
      await post("api/governor", (step === null ? { step } : { step, forMs: heldMs }) satisfies GovernorDraft);
      say("");
    } catch (error) {
      say(errorText(error));
    }
  };
  return (
    <section class="panel" aria-label="Steps">
      <header>
        <h2>Steps</h2>
        {causes.length === 0 ? (
          <p>nothing wants less telemetry</p>
        ) : (
          causes.map(([cause, step]) => (
            <Chip tone="amber" key={cause}>
              {cause} wants {step}
            </Chip>
          ))
        )}
        {report.ratioFactor < 1 && <Chip tone="amber">ratios × {digits(report.ratioFactor)}</Chip>}
        <div class="right">
          {said !== "" && <span class="bad-text">{said}</span>}
          {isManual && !isReadOnly.value && (
            <button type="button" class="button small" onClick={() => void set(null)}>
              Leave it to the causes
            </button>
          )}
        </div>
      </header>
      <ol class="body stairs">
        {ladder.map((step, i) => (
          <li
            key={step}
            class={i === at ? "here" : ""}
            aria-current={i === at ? "step" : undefined}
            style={{ "--step": i }}
          >
            <strong>{step}</strong>
            <span class="muted">{stepWords[step]}</span>
            {lastEffect(report, step) !== undefined && (
              <span class="effect" title="What the last change to this step did">
                {lastEffect(report, step)}
              </span>
            )}
            {i !== at && !isReadOnly.value && (
              <button
                type="button"
                class="button small quiet"
                aria-label={`Hold 10 min at ${step}`}
                onClick={() => void set(step)}
              >
                Hold 10 min
              </button>
            )}
            {i === at && <Chip tone={i === 0 ? "dew" : "amber"}>holds now</Chip>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What changed, and what came of it. */
export function Changes({ report }: { report: Report }): JSX.Element {
  const own = report.changes.slice(-40).toReversed();
  const others = changes.value
    .filter(({ kind }) => kind !== "governor")
    .slice(-20)
    .toReversed();
  const now = snapshot.value?.at ?? 0;
  return (
    <section class="panel" aria-label="Changes">
      <header>
        <h2>Changes</h2>
        <p>
          {own.length === 0
            ? "the step has not changed since the start"
            : "newest first; what it was before, and one look later"}
        </p>
      </header>
      {own.length > 0 && (
        <div class="table-wrap" role="region" aria-label="Changes of the step" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>When</th>
                <th>From</th>
                <th>To</th>
                <th title="What asked for it">Cause</th>
                <th class="num" title="Of CPU, before the change and one look later">
                  Share of CPU
                </th>
                <th class="num" title="Added to a request, before the change and one look later">
                  A request
                </th>
                <th class="num" title="What of telemetry's CPU the change saved; with a plus it costs more">
                  Gain
                </th>
              </tr>
            </thead>
            <tbody>
              {own.map(({ at, from, to, cause, before, after }) => (
                <tr key={`${at} ${to.step} ${to.ratioFactor}`}>
                  <td title={clockTime(at)}>{ago(at, now)}</td>
                  <td>{stepText(from)}</td>
                  <td>
                    <strong>{stepText(to)}</strong>
                  </td>
                  <td>
                    <Chip tone={cause === "calm" ? "dew" : "amber"}>{cause}</Chip>
                  </td>
                  <td class="num">
                    {percent(before.share)} → {percent(after?.share)}
                  </td>
                  <td class="num">
                    {micros(before.requestUs)} → {micros(after?.requestUs)}
                  </td>
                  <td class="num">{gainText(before.share, after?.share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {others.length > 0 && (
        <ul class="body change-list">
          {others.map((change) => (
            <li key={change.id}>
              <span class="faint">{clockTime(change.at, false)}</span> <Chip>{change.kind}</Chip> {change.text}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** `−32 %` of what it was. */
function gainText(before: number, after: number | undefined): string {
  if (after === undefined || before <= 0) return "–";
  const change = after / before - 1;
  return `${change < 0 ? "−" : "+"}${percent(Math.abs(change))}`;
}

/** What the last change to a step did to the share of CPU, where it was looked at afterwards. */
function lastEffect(report: Report, step: Step): string | undefined {
  const last = report.changes.findLast(({ to, after }) => to.step === step && after !== undefined);
  return last === undefined ? undefined : `${percent(last.before.share)} → ${percent(last.after?.share)} of CPU`;
}

function stepText({ step, ratioFactor }: { readonly step: Step; readonly ratioFactor: number }): string {
  return ratioFactor < 1 ? `${step} × ${digits(ratioFactor)}` : step;
}
