import { createRequire } from "node:module";
import { join } from "node:path";
import type { NestModules } from "../contract/nest/nest-modules.ts";

/** Nest 11 as the service in a folder resolves it: as the service itself does, for it is CommonJS, and so is Nest 11. */
export function nest11(folder: string): Omit<NestModules, "platform"> & { readonly require: NodeJS.Require } {
  const require = createRequire(join(folder, "main.js"));
  require("reflect-metadata");
  return {
    require,
    common: require("@nestjs/common") as NestModules["common"],
    core: require("@nestjs/core") as NestModules["core"],
    gossamer: require("@gossamer/nestjs") as NestModules["gossamer"],
    microservices: require("@nestjs/microservices") as NestModules["microservices"],
    testing: require("@nestjs/testing") as NestModules["testing"],
  };
}
