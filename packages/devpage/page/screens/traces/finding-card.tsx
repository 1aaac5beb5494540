import type { JSX } from "preact";
import type { SpanView, TraceFinding } from "../../../src/protocol.ts";
import { duration } from "../../format/figures.ts";
import { Chip } from "../../parts/basics.tsx";
import { Icon } from "../../parts/icon.tsx";

const titles: Readonly<Record<TraceFinding["kind"], string>> = {
  "repeated-calls": "Repeated calls",
  "serial-calls": "One after the other",
  "one-span": "Nearly all in one span",
};

export interface FindingCardProps {
  readonly finding: TraceFinding;
  readonly spans: readonly SpanView[];
  readonly isOn: boolean;
  readonly mark: (ids: ReadonlySet<string>) => void;
  readonly pick: (id: string) => void;
}

/** Something about the trace that is worth changing, and the way to its spans. */
export function FindingCard({ finding, isOn, mark, pick }: FindingCardProps): JSX.Element {
  const { kind, message, spanIds, gainMs } = finding;
  return (
    <div class="finding">
      <Icon name="warn" />
      <div>
        <strong>{titles[kind]}</strong>
        {gainMs !== undefined && <Chip tone="amber">up to {duration(gainMs)} to gain</Chip>}
        <p>{message}</p>
      </div>
      <button
        type="button"
        class="button small"
        aria-pressed={isOn}
        onClick={() => {
          mark(isOn ? new Set() : new Set(spanIds));
          const [first] = spanIds;
          if (!isOn && spanIds.length === 1 && first !== undefined) pick(first);
        }}
      >
        {isOn ? "Unmark" : "Show"}
      </button>
    </div>
  );
}
