import type { ContractCase } from "@gossamer/testing/contract";
import { expressContextCases } from "./context-cases.ts";
import { expressErrorCases } from "./error-cases.ts";
import type { ExpressModule } from "./express-module.ts";
import { expressMountCases } from "./mount-cases.ts";
import { expressRouteCases } from "./route-cases.ts";
import { expressSettingCases } from "./setting-cases.ts";

/** What only Express can be asked: its own shapes of routes, mounts and error handlers. */
export function expressCases(express: ExpressModule): Readonly<Record<string, readonly ContractCase[]>> {
  return {
    "express: routes": expressRouteCases(express),
    "express: routers and sub-apps": expressMountCases(express),
    "express: errors": expressErrorCases(express),
    "express: context": expressContextCases(express),
    "express: settings and mounting": expressSettingCases(express),
  };
}
