import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describeAdapterContract } from "@gossamer/testing/contract";
import { describe, expect, inject, it } from "vitest";
import { expressPlatform } from "../contract/nest/express-platform.ts";
import { nestCases } from "../contract/nest/nest-cases.ts";
import { nestHarness } from "../contract/nest/nest-harness.ts";
import type { NestModules } from "../contract/nest/nest-modules.ts";
import { installed } from "../setup/install-meanwhile.ts";
import { nest11 } from "./nest-11.ts";

const { service: folder } = await installed(inject("nest11"));
const { require, ...modules } = nest11(folder);
const nest: NestModules = {
  ...modules,
  platform: expressPlatform(require("@nestjs/platform-express") as Parameters<typeof expressPlatform>[0]),
};

describe("Nest 11 beside our tarballs", () => {
  it("has the versions it is meant to have, and one copy of each module (R-A3)", () => {
    const versionOf = (name: string): string => {
      const manifest = readFileSync(join(folder, "node_modules", name, "package.json"), "utf8");
      return (JSON.parse(manifest) as { version: string }).version;
    };
    for (const name of ["common", "core", "platform-express"]) expect(versionOf(`@nestjs/${name}`)).toMatch(/^11\./);
    expect(versionOf("@opentelemetry/api")).toBe("1.9.1");
    const ours = require.resolve("@gossamer/nestjs");
    expect(ours.startsWith(folder), `${ours} must not be the workspace's`).toBe(true);
    const requireOfOurs = createRequire(ours);
    for (const name of ["@nestjs/common", "@nestjs/core", "@opentelemetry/api", "rxjs"]) {
      expect(requireOfOurs.resolve(name)).toBe(require.resolve(name));
    }
    const core = requireOfOurs.resolve("@gossamer/core");
    for (const adapter of ["@gossamer/express", "@gossamer/fastify"]) {
      expect(createRequire(requireOfOurs.resolve(adapter)).resolve("@gossamer/core")).toBe(core);
    }
  });

  it("brings no framework that the service did not ask for (R-A3)", () => {
    const requireOfOurs = createRequire(require.resolve("@gossamer/nestjs"));
    const requireOfAdapter = createRequire(requireOfOurs.resolve("@gossamer/fastify"));
    expect(() => requireOfAdapter.resolve("fastify")).toThrow(/Cannot find/);
  });
});

describeAdapterContract(nestHarness("nest 11 on express", nest, {}), { describe, it, more: nestCases(nest) });
