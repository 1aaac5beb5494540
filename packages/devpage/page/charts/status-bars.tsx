import type { JSX } from "preact";
import type { RouteFigures } from "../../src/protocol.ts";
import { whole } from "../format/figures.ts";

const groups = [
  ["2xx", "b2"],
  ["3xx", "b3"],
  ["4xx", "b4"],
  ["5xx", "b5"],
] as const;

/** How requests were answered, as one bar. */
export function StatusBars({ figures }: { figures: RouteFigures }): JSX.Element {
  const { byStatus } = figures;
  const others = byStatus["1xx"] + byStatus.none;
  const shown = [
    ...groups.map(([group, style]) => [group, style, byStatus[group]] as const),
    ["no answer", "b0", others] as const,
  ].filter(([, , count]) => count > 0);
  const text = shown.map(([group, , count]) => `${group} ${whole(count)}`).join(", ");
  return (
    <span class="bars" role="img" aria-label={text === "" ? "no request in this minute" : text} title={text}>
      {shown.map(([group, style, count]) => (
        <i class={style} key={group} style={{ flexGrow: count }} />
      ))}
    </span>
  );
}

export function StatusLegend(): JSX.Element {
  return (
    <span class="legend" aria-hidden="true">
      {groups.map(([group, style]) => (
        <span key={group}>
          <i class={style} />
          {group}
        </span>
      ))}
    </span>
  );
}
