import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const nestExpressGossamer100: Contestant = gossamer({
  name: "Nest on Express, Gossamer 100 %",
  framework: "express",
  nest: true,
  options: { sampleRatio: 1 },
  ratio: 1,
});

export default nestExpressGossamer100;
