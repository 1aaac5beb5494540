import type { JSX } from "preact";

/** Drawn on 20 × 20 with a line of 1.5. */
const paths = {
  routes: "M3 5h7a3 3 0 0 1 0 6H8a3 3 0 0 0 0 6h9M14.500 14.500l2.500 2.500-2.500 2.500",
  live: "M2 10h3.500l2.500-6 4 12 2.500-6H18",
  traces: "M3 4h9M5 8.500h8M9 13h8M11 17h4",
  logs: "M4 4h12M4 8h12M4 12h8M4 16h10",
  pipeline: "M2 6h5l3 4h8M2 14h5l3-4M15 7l3 3-3 3",
  overhead: "M3 15a7.500 7.500 0 1 1 14 0M10 12l3.500-4.500",
  rules: "M3 6h6M13 6h4M3 14h3M10 14h7M11 4v4M8 12v4",
  check:
    "M10 2.500l6 2.200v4.600c0 4-2.600 6.700-6 8.200-3.400-1.500-6-4.200-6-8.200V4.700zM7.300 9.800l2 2 3.500-3.800",
  done: "M4 10.500l4 4 8-9",
  copy: "M7 7h9v10H7zM4 13V3h9",
  warn: "M10 3l8 14H2zM10 8v4M10 14.500v.1",
  close: "M5 5l10 10M15 5L5 15",
  pause: "M7 4v12M13 4v12",
  play: "M6 4l10 6-10 6z",
  back: "M12 4l-6 6 6 6",
  open: "M8 4l6 6-6 6",
  keys: "M3 5h14v10H3zM6 8h.1M9 8h.1M12 8h.1M14 8h.1M6 11.500h8",
  web: "M10 1.500v17M2.600 5.800l14.800 8.400M17.400 5.800L2.600 14.200M10 5.500l3.900 2.200v4.500L10 14.500l-3.900-2.300V7.700z",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
