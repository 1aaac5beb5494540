import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const gossamer1: Contestant = gossamer({ name: "Gossamer 1 %", options: { sampleRatio: 0.01 }, ratio: 0.01 });

export default gossamer1;
