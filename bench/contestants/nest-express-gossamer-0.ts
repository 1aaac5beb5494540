import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const nestExpressGossamer0: Contestant = gossamer({
  name: "Nest on Express, Gossamer 0 %",
  framework: "express",
  nest: true,
  options: { sampleRatio: 0 },
  ratio: 0,
});

export default nestExpressGossamer0;
