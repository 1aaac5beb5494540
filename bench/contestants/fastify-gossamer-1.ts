import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const fastifyGossamer1: Contestant = gossamer({
  name: "Fastify, Gossamer 1 %",
  framework: "fastify",
  options: { sampleRatio: 0.01 },
  ratio: 0.01,
});

export default fastifyGossamer1;
