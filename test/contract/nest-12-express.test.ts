import "reflect-metadata";
import { describeAdapterContract } from "@gossamer/testing/contract";
import * as gossamer from "@gossamer/nestjs";
import * as common from "@nestjs/common";
import * as core from "@nestjs/core";
import * as microservices from "@nestjs/microservices";
import * as platformExpress from "@nestjs/platform-express";
import * as testing from "@nestjs/testing";
import { describe, it } from "vitest";
import { expressPlatform } from "./nest/express-platform.ts";
import { nestCases } from "./nest/nest-cases.ts";
import { nestHarness } from "./nest/nest-harness.ts";

const nest = { common, core, gossamer, microservices, testing, platform: expressPlatform(platformExpress) };

describeAdapterContract(nestHarness("nest 12 on express", nest, {}), { describe, it, more: nestCases(nest) });
