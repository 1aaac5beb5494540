/** A board as data: Grafana's file, the pictures and the tests are made of it. */
export interface Board {
  /** Of the file, and of the address in Grafana. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly BoardRow[];
}

export interface BoardRow {
  readonly title: string;
  readonly panels: readonly BoardPanel[];
}

export interface BoardPanel {
  readonly title: string;
  /** What it says, and what to do when it looks wrong. */
  readonly description: string;
  /** Grafana's name of the unit. */
  readonly unit: PanelUnit;
  /** @default "lines" */
  readonly kind?: "lines" | "stacked" | "heatmap";
  readonly queries: readonly PanelQuery[];
  /** What must have happened before it has anything to show. @default nothing: it shows something whenever a service runs */
  readonly answersAfter?: string;
}

export type PanelUnit = "reqps" | "ops" | "s" | "percentunit" | "bytes" | "Bps" | "short";

export interface PanelQuery {
  /** PromQL, with Grafana's `$job`, `$instance` and `$__rate_interval`. */
  readonly expression: string;
  /** Labels in `{{…}}`. */
  readonly legend: string;
}

/** The panels of a board, in order. */
export function panelsOf(board: Board): readonly BoardPanel[] {
  return board.rows.flatMap(({ panels }) => panels);
}

/** An expression with Grafana's variables filled in: for all services, with rates over so long. */
export function filledIn(expression: string, rateInterval: string): string {
  return expression.replaceAll("$__rate_interval", rateInterval).replaceAll(/\$(?:job|instance)\b/g, ".*");
}
