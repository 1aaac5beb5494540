import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RulesView } from "../../../src/protocol.ts";
import { errorText, post } from "../../data/api.ts";
import { isReadOnly, rules, snapshot } from "../../data/store.ts";
import { plural } from "../../format/figures.ts";
import { Chip } from "../../parts/basics.tsx";
import { InTheProcess } from "../../parts/in-the-process.tsx";
import { JsonEditor } from "../../parts/json-editor.tsx";
import { ScreenHead } from "../../parts/screen-head.tsx";
import { AddRule } from "./add-rule.tsx";
import { DryRunPanel } from "./dry-run.tsx";
import { History, InForce } from "./in-force.tsx";
import { judge, type Judged } from "./judge.ts";
import { differences, draftText, rulesToTry } from "./sampling-draft.ts";

export function RulesScreen(): JSX.Element {
  const view = rules.value;
  if (view === undefined) return <InTheProcess title="Rules" />;
  return <RulesEditor view={view} />;
}

const quietMs = 250;

function RulesEditor({ view }: { view: RulesView }): JSX.Element {
  const inForce = draftText(view);
  const [text, write] = useState(inForce);
  const replace = (old: string, next: string): void => write((shown) => (shown === old ? next : shown));
  const base = useRef(inForce);
  const [judged, setJudged] = useState<Judged>({ text: inForce, mistake: undefined, draft: undefined });
  const [said, say] = useState("");

  // While nothing was written, what is in force is what is shown. Effects run after the frame: what is shown by then may be newer than `text`.
  useEffect(() => {
    replace(base.current, inForce);
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
  const send = async (path: string, body: unknown, done: string): Promise<RulesView | undefined> => {
    try {
      const now = await post<RulesView>(path, body);
      rules.value = now;
      say(done);
      return now;
    } catch (error) {
      say(errorText(error));
      return undefined;
    }
  };
  const attempt = (): Promise<unknown> =>
    send("api/dry-run", { rules: rulesToTry(draft ?? {}, view) }, "Trying on live traffic. Nothing else changes.");
  // What was refused stays to be changed, and so does what was written meanwhile.
  const apply = async (): Promise<void> => {
    const now = await send("api/sampling", changed, "In force from the next request on.");
    if (now === undefined) return;
    replace(text, draftText(now));
    if (snapshot.value?.dryRun !== undefined)
      await send("api/dry-run", { rules: [] }, "In force from the next request on.");
  };
  const undo = async (): Promise<void> => {
    const now = await send("api/undo", {}, "Taken back.");
    if (now !== undefined) replace(text, draftText(now));
  };
  const canChange = !isReadOnly.value;
  const edit = (next: string): void => {
    say("");
    write(next);
  };
  return (
    <>
      <ScreenHead
        title="Rules"
        about={
          <>
            {view.current.sampler};{" "}
            {view.current.rules.length === 0 ? "no rule" : plural(view.current.rules.length, "rule")}
            {view.current.revision > 0 && `; changed ${view.current.revision}×, last by ${view.current.changedBy}`}
          </>
        }
      />
      <div class="rules-body">
        <div class="stack">
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
              <button
                type="button"
                class="button"
                title="Ctrl Enter"
                disabled={!canChange || !isChanged}
                onClick={() => void attempt()}
              >
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
          <InForce view={view} />
          <History />
        </div>
        <DryRunPanel stop={() => void send("api/dry-run", { rules: [] }, "The dry run has ended.")} />
      </div>
    </>
  );
}
