import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const gossamer0: Contestant = gossamer({ name: "Gossamer 0 %", options: { sampleRatio: 0 }, ratio: 0 });

export default gossamer0;
