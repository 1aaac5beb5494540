import type { JSX, TargetedEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RulesView, SamplingDraft } from "../../src/protocol.ts";
import { errorText, post, RefusedError } from "../data/api.ts";
import { changes, isReadOnly, rules, snapshot } from "../data/store.ts";
import { clockTime, percent, plural, whole } from "../format/figures.ts";
import { JsonError, jsonPlaces, lineOf } from "../format/json-places.ts";
import { Chip } from "../parts/basics.tsx";
import { InTheProcess } from "../parts/in-the-process.tsx";
import { JsonEditor, type Mistake } from "../parts/json-editor.tsx";
import { DryRunPanel } from "./dry-run.tsx";
import { differences, draftText, rulesToTry } from "./sampling-draft.ts";

export function RulesScreen(): JSX.Element {
  const view = rules.value;
  if (view === undefined) return <InTheProcess title="Rules" />;
  return <RulesEditor view={view} />;
}

interface Judged {
  /** The text that was judged. */
  readonly text: string;
  readonly mistake: Mistake | undefined;
  readonly draft: SamplingDraft | undefined;
}

const quietMs = 250;

function RulesEditor({ view }: { view: RulesView }): JSX.Element {
  const inForce = draftText(view);
  const [text, write] = useState(inForce);
  const base = useRef(inForce);
  const [judged, setJudged] = useState<Judged>({ text: inForce, mistake: undefined, draft: undefined });
  const [said, say] = useState("");

  // While nothing was written, what is in force is what is shown.
  useEffect(() => {
    if (text === base.current) write(inForce);
    base.current = inForce;
  }, [inForce]);

  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      void judge(text, view, abort.signal).then((found) => {
        if (!abort.signal.aborted) setJudged(found);
      });
    }, quietMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, view]);

  const { mistake, draft } = judged.text === text ? judged : { mistake: undefined, draft: undefined };
  const changed = draft === undefined ? {} : differences(draft, view);
  const isChanged = Object.keys(changed).length > 0;
  const send = async (path: string, body: unknown, done: string): Promise<void> => {
    try {
      rules.value = await post<RulesView>(path, body);
      say(done);
    } catch (error) {
      say(errorText(error));
    }
  };
  const attempt = (): Promise<void> =>
    send("api/dry-run", { rules: rulesToTry(draft ?? {}, view) }, "Trying on live traffic. Nothing else changes.");
  const apply = async (): Promise<void> => {
    await send("api/sampling", changed, "In force from the next request on.");
    if (snapshot.value?.dryRun !== undefined)
      await send("api/dry-run", { rules: [] }, "In force from the next request on.");
    const now = rules.value;
    if (now !== undefined) write(draftText(now));
  };
  const undo = async (): Promise<void> => {
    await send("api/undo", {}, "Taken back.");
    const now = rules.value;
    if (now !== undefined) write(draftText(now));
  };
  const canChange = !isReadOnly.value;
  const edit = (next: string): void => {
    say("");
    write(next);
  };
  return (
    <>
      <div class="screen-head">
        <h1>Rules</h1>
        <p>
          {view.current.sampler};{" "}
          {view.current.rules.length === 0 ? "no rule" : plural(view.current.rules.length, "rule")}
          {view.current.revision > 0 && `; changed ${view.current.revision}×, last by ${view.current.changedBy}`}
        </p>
      </div>
      <div class="rules-body">
        <section class="panel" aria-label="Editor">
          <header>
            <h2>What is sampled and kept</h2>
            {!canChange && <Chip tone="amber">read only</Chip>}
            <div class="right">{canChange && <AddRule text={text} write={edit} />}</div>
          </header>
          <JsonEditor
            label="Sampling as JSON"
            text={text}
            mistake={mistake}
            isReadOnly={!canChange}
            change={edit}
            submit={() => void (isChanged && attempt())}
          />
          <div class="actions">
            <span class="muted said" role="status">
              {said === "" && isChanged ? `Changes ${Object.keys(changed).join(", ")}.` : said}
            </span>
            <button type="button" class="button quiet" disabled={text === inForce} onClick={() => write(inForce)}>
              Reset
            </button>
            <button
              type="button"
              class="button"
              disabled={!canChange || view.undoable === 0}
              onClick={() => void undo()}
            >
              Undo
            </button>
            <button type="button" class="button" disabled={!canChange || !isChanged} onClick={() => void attempt()}>
              Try
            </button>
            <button
              type="button"
              class="button primary"
              disabled={!canChange || !isChanged}
              onClick={() => void apply()}
            >
              Apply
            </button>
          </div>
        </section>
        <div class="stack">
          <DryRunPanel stop={() => void send("api/dry-run", { rules: [] }, "The trial has ended.")} />
          <InForce view={view} />
          <History />
        </div>
      </div>
    </>
  );
}

/** What the server would say of a text: without effect there. */
async function judge(text: string, view: RulesView, signal: AbortSignal): Promise<Judged> {
  let lines: ReadonlyMap<string, number> = new Map();
  try {
    const places = jsonPlaces(text);
    lines = places.lines;
    const draft = places.value as SamplingDraft;
    const changed = differences(draft, view);
    if (Object.keys(changed).length > 0 || Object.keys(draft).some((name) => !known.has(name))) {
      await post<RulesView>("api/validate", draft, signal);
    }
    return { text, mistake: undefined, draft };
  } catch (error) {
    if (error instanceof JsonError)
      return { text, mistake: { message: error.message, line: error.line }, draft: undefined };
    const option = error instanceof RefusedError ? error.refusal.option : undefined;
    const line = option === undefined ? undefined : lineOf(option, lines);
    return { text, mistake: { message: errorText(error), line }, draft: undefined };
  }
}

const known: ReadonlySet<string> = new Set(["sampleRatio", "keep", "rules"]);

/** Puts a rule for a route in front of the others. */
function AddRule({ text, write }: { text: string; write: (text: string) => void }): JSX.Element {
  const routes = (snapshot.value?.routes ?? []).filter(({ route }) => route !== undefined).slice(0, 100);
  const add = (event: TargetedEvent<HTMLSelectElement>): void => {
    const match = event.currentTarget.value;
    event.currentTarget.value = "";
    if (match === "") return;
    const rule = `{ "match": ${JSON.stringify(match)}, "ratio": 1 }`;
    const place = /"rules"\s*:\s*\[\s*/.exec(text);
    if (place === null) return;
    const at = place.index + place[0].length;
    const isFirst = text[at] === "]";
    const before = text.slice(0, at).trimEnd();
    write(`${before}\n    ${rule}${isFirst ? "\n  " : ",\n    "}${text.slice(at)}`);
  };
  return (
    <select class="field add-rule" aria-label="Add a rule for a route" onChange={add}>
      <option value="">Add a rule for …</option>
      {[...new Set(routes.map(({ method, route = "" }) => `${method} ${route}`))].map((match) => (
        <option key={match} value={match}>
          {match}
        </option>
      ))}
    </select>
  );
}

/** The rules that hold, with what they decided since the start. */
function InForce({ view: { current } }: { view: RulesView }): JSX.Element {
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
              <th>Rule</th>
              <th class="num">Ratio</th>
              <th class="num">Sampled</th>
              <th class="num">of</th>
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

function History(): JSX.Element | null {
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
