export interface Column {
  readonly title: string;
  /** Text stands left, numbers right. @default "right" */
  readonly align?: "left" | "right";
}

/** Rows of cells as lines of text, each column as wide as its widest cell, two spaces between, two in front. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `  ${columns
      .map(({ align = "right" }, i) => {
        const cell = cells[i] ?? "";
        return align === "left" ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
      })
      .join("  ")}`.trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}
