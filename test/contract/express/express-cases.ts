import type { ContractCase } from "../contract-case.ts";
import type { ExpressModule } from "./express-module.ts";

export function expressCases(_express: ExpressModule): Readonly<Record<string, readonly ContractCase[]>> {
  return {};
}
