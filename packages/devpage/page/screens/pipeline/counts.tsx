import type { JSX } from "preact";
import { percent, whole } from "../../format/figures.ts";
import { decisionText } from "../../format/status.ts";

interface CountsProps {
  readonly title: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly none: string;
  readonly isBad?: boolean;
  /** Counts that are neither good nor bad. */
  readonly isPlain?: boolean;
  /** Whether each says its share of all. */
  readonly withShares?: boolean;
}

/** Counts by name, most first. */
export function Counts({
  title,
  counts,
  none,
  isBad = false,
  isPlain = false,
  withShares = false,
}: CountsProps): JSX.Element {
  const shown = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
  const sum = shown.reduce((all, [, count]) => all + count, 0);
  return (
    <div class="counts">
      <h3>{title}</h3>
      {shown.length === 0 ? (
        <p class="faint">{none}</p>
      ) : (
        <dl>
          {shown.slice(0, 8).map(([name, count]) => (
            <div key={name}>
              <dt class="breaks">{decisionText(name)}</dt>
              <dd class={isPlain ? "" : isBad ? "bad-text" : "warn-text"}>
                {whole(count)} {withShares && <span class="faint">{percent(count / sum)}</span>}
              </dd>
            </div>
          ))}
          {shown.length > 8 && <p class="faint">and {shown.length - 8} more</p>}
        </dl>
      )}
    </div>
  );
}
