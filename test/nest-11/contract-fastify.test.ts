import { describeAdapterContract } from "@gossamer/testing/contract";
import { describe, expect, inject, it } from "vitest";
import { fastifyGaps } from "../contract/fastify/fastify-harness.ts";
import { fastifyPlatform } from "../contract/nest/fastify-platform.ts";
import { nestCases } from "../contract/nest/nest-cases.ts";
import { nestHarness } from "../contract/nest/nest-harness.ts";
import type { NestModules } from "../contract/nest/nest-modules.ts";
import { installed } from "../setup/install-meanwhile.ts";
import { nest11 } from "./nest-11.ts";

const { require, ...modules } = nest11((await installed(inject("nest11")))["both-platforms"]);
const nest: NestModules = {
  ...modules,
  platform: fastifyPlatform(require("@nestjs/platform-fastify") as Parameters<typeof fastifyPlatform>[0]),
};

it("this is Nest 11's platform for Fastify (R-A3)", () => {
  const { version } = require("@nestjs/platform-fastify/package.json") as { version: string };
  expect(version).toMatch(/^11\./);
});

describeAdapterContract(nestHarness("nest 11 on fastify", nest, fastifyGaps), { describe, it, more: nestCases(nest) });
