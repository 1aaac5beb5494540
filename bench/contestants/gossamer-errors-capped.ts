import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

/** Every request fails, and at most 100 a second are kept: what a service in an outage pays. */
const gossamerErrorsCapped: Contestant = gossamer({
  name: "Gossamer 1 %, all errors, default cap",
  workload: "errors",
  options: { sampleRatio: 0.01 },
  ratio: "some",
});

export default gossamerErrorsCapped;
