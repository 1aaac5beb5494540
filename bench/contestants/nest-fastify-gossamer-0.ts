import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const nestFastifyGossamer0: Contestant = gossamer({
  name: "Nest on Fastify, Gossamer 0 %",
  framework: "fastify",
  nest: true,
  options: { sampleRatio: 0 },
  ratio: 0,
});

export default nestFastifyGossamer0;
