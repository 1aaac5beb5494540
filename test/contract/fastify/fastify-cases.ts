import type { ContractCase } from "@gossamer/testing/contract";
import { fastifyErrorCases } from "./error-cases.ts";
import { fastifyReplyCases } from "./reply-cases.ts";
import { fastifyRouteCases } from "./route-cases.ts";
import { fastifySettingCases } from "./setting-cases.ts";
import { fastifyStepCases } from "./step-cases.ts";

/** What only Fastify can be asked: its routes, hooks, replies and the ways it is registered. */
export const fastifyCases: Readonly<Record<string, readonly ContractCase[]>> = {
  "fastify: routes": fastifyRouteCases,
  "fastify: errors": fastifyErrorCases,
  "fastify: replies": fastifyReplyCases,
  "fastify: steps": fastifyStepCases,
  "fastify: settings and closing": fastifySettingCases,
};
