import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

/** Every request fails and every one is kept, so that each is first not sampled and then made a span after all: the cap on keeps is lifted, or most would cost nothing. */
const gossamerErrors: Contestant = gossamer({
  name: "Gossamer 1 %, all errors kept",
  workload: "errors",
  options: { sampleRatio: 0.01, keep: { errors: 1, maxPerSecond: 1_000_000 } },
  ratio: 1,
});

export default gossamerErrors;
