import "reflect-metadata";
import { describeAdapterContract } from "@gossamer/testing/contract";
import * as gossamer from "@gossamer/nestjs";
import * as common from "@nestjs/common";
import * as core from "@nestjs/core";
import * as microservices from "@nestjs/microservices";
import * as platformFastify from "@nestjs/platform-fastify";
import * as testing from "@nestjs/testing";
import { describe, it } from "vitest";
import { fastifyGaps } from "./fastify/fastify-harness.ts";
import { fastifyPlatform } from "./nest/fastify-platform.ts";
import { nestCases } from "./nest/nest-cases.ts";
import { nestHarness } from "./nest/nest-harness.ts";

const nest = { common, core, gossamer, microservices, testing, platform: fastifyPlatform(platformFastify) };

describeAdapterContract(nestHarness("nest 12 on fastify", nest, fastifyGaps), { describe, it, more: nestCases(nest) });
