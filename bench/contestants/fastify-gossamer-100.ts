import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const fastifyGossamer100: Contestant = gossamer({
  name: "Fastify, Gossamer 100 %",
  framework: "fastify",
  options: { sampleRatio: 1 },
  ratio: 1,
});

export default fastifyGossamer100;
