import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const gossamer100: Contestant = gossamer({ name: "Gossamer 100 %", options: { sampleRatio: 1 }, ratio: 1 });

export default gossamer100;
