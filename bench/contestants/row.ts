import type { Contestant } from "./contestant.ts";
import { rowNamed } from "./rows.ts";

/** The row that the address of this module asks for: `row.ts?gossamer-1`. */
const row: Contestant = rowNamed(new URL(import.meta.url).search.slice(1));

export default row;
