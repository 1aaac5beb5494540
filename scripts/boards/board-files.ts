import { boards } from "./boards.ts";
import { toGrafana } from "./to-grafana.ts";

/** The files of `deploy/grafana`, by name. */
export const boardFiles: ReadonlyMap<string, string> = new Map(
  boards.map((board) => [`${board.name}.json`, `${JSON.stringify(toGrafana(board), undefined, 2)}\n`]),
);
