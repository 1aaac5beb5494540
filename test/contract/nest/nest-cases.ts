import type { ContractCase } from "@gossamer/testing/contract";
import { nestDecoratorCases } from "./decorator-cases.ts";
import { nestErrorCases } from "./error-cases.ts";
import { nestModuleCases } from "./module-cases.ts";
import type { NestModules } from "./nest-modules.ts";
import { nestRefusalCases } from "./refusal-cases.ts";
import { nestRouteCases } from "./route-cases.ts";

/** What only Nest can be asked: its routes, its steps in front of a handler, its filters, its modules. */
export function nestCases(nest: NestModules): Readonly<Record<string, readonly ContractCase[]>> {
  return {
    "nest: routes": nestRouteCases(nest),
    "nest: what never reaches its handler": nestRefusalCases(nest),
    "nest: errors": nestErrorCases(nest),
    "nest: decorators": nestDecoratorCases(nest),
    "nest: the module": nestModuleCases(nest),
  };
}
