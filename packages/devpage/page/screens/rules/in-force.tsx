import type { JSX } from "preact";
import type { RulesView } from "../../../src/protocol.ts";
import { changes, snapshot } from "../../data/store.ts";
import { clockTime, percent, whole } from "../../format/figures.ts";

/** The rules that hold, with what they decided since the start. */
export function InForce({ view: { current } }: { view: RulesView }): JSX.Element {
  const decisions = snapshot.value?.pipeline?.status.sampling.decisions ?? {};
  const rows = [...current.rules, ...current.centralRules].map((rule) => {
    const name = rule.name ?? matchText(rule.match);
    return {
      name,
      ratio: rule.ratio,
      sampled: decisions[`${name}:sampled`] ?? 0,
      unsampled: decisions[`${name}:unsampled`] ?? 0,
    };
  });
  return (
    <section class="panel" aria-label="In force">
      <header>
        <h2>In force</h2>
        <p>{rows.length === 0 ? "the default alone decides" : "the first that matches decides"}</p>
      </header>
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              <th title="The first that matches decides">Rule</th>
              <th class="num">Ratio</th>
              <th class="num" title="Since the start">
                Sampled
              </th>
              <th class="num" title="Requests that it decided on, since the start">
                of
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, ratio, sampled, unsampled }) => (
              <tr key={name}>
                <td class="cut" title={name}>
                  {name}
                </td>
                <td class="num">{ratio === undefined ? "default" : percent(ratio)}</td>
                <td class="num">{whole(sampled)}</td>
                <td class="num">{whole(sampled + unsampled)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function matchText(match: RulesView["current"]["rules"][number]["match"]): string {
  if (match === undefined) return "*";
  return typeof match === "string" ? match : (match.operation ?? match.route ?? "*");
}

/** What became of them since the page was opened, the newest first. */
export function History(): JSX.Element | null {
  const shown = changes.value
    .filter(({ kind }) => kind === "sampling" || kind === "dry-run")
    .slice(-8)
    .toReversed();
  if (shown.length === 0) return null;
  return (
    <section class="panel" aria-label="Changes">
      <header>
        <h2>Changes</h2>
      </header>
      <ul class="body change-list">
        {shown.map(({ id, at, text }) => (
          <li key={id}>
            <span class="faint">{clockTime(at, false)}</span> {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
