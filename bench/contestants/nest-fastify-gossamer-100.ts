import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const nestFastifyGossamer100: Contestant = gossamer({
  name: "Nest on Fastify, Gossamer 100 %",
  framework: "fastify",
  nest: true,
  options: { sampleRatio: 1 },
  ratio: 1,
});

export default nestFastifyGossamer100;
