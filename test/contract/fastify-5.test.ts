import { describeAdapterContract } from "@gossamer/testing/contract";
import { describe, it } from "vitest";
import { fastifyCases } from "./fastify/fastify-cases.ts";
import { fastifyHarness } from "./fastify/fastify-harness.ts";

describeAdapterContract(fastifyHarness, { describe, it, more: fastifyCases });
