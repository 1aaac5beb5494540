import type { JSX } from "preact";

const width = 96;
const height = 26;

/** A line without axes. What is unknown is a gap. */
export function Sparkline({ values }: { values: readonly (number | undefined)[] }): JSX.Element | null {
  const known = values.filter((value) => value !== undefined);
  if (known.length < 8) return null;
  const top = Math.max(...known, Number.MIN_VALUE) * 1.05;
  const step = width / Math.max(1, values.length - 1);
  let path = "";
  let isDrawing = false;
  for (const [i, value] of values.entries()) {
    if (value === undefined) {
      isDrawing = false;
      continue;
    }
    path += `${isDrawing ? "L" : "M"}${(i * step).toFixed(1)} ${(height - 1 - (value / top) * (height - 3)).toFixed(1)}`;
    isDrawing = true;
  }
  return (
    <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  );
}
