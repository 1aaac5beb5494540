import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const fastifyGossamer0: Contestant = gossamer({
  name: "Fastify, Gossamer 0 %",
  framework: "fastify",
  options: { sampleRatio: 0 },
  ratio: 0,
});

export default fastifyGossamer0;
