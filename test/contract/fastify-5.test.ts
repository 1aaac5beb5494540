import { describeAdapterContract } from "@gossamer/testing/contract";
import { describe, it } from "vitest";
import { fastifyHarness } from "./fastify/fastify-harness.ts";

describeAdapterContract(fastifyHarness, { describe, it });
