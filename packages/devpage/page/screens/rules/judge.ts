import type { RulesView, SamplingDraft } from "../../../src/protocol.ts";
import { errorText, post, RefusedError } from "../../data/api.ts";
import { JsonError, jsonPlaces, lineOf } from "../../format/json-places.ts";
import type { Mistake } from "../../parts/json-editor.tsx";
import { differences } from "./sampling-draft.ts";

export interface Judged {
  /** The text that was judged. */
  readonly text: string;
  readonly mistake: Mistake | undefined;
  readonly draft: SamplingDraft | undefined;
}

/** What the server would say of a text: without effect there. */
export async function judge(text: string, view: RulesView, signal: AbortSignal): Promise<Judged> {
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
