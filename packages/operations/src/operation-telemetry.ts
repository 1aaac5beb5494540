import { type Telemetry, telemetry } from "@gossamer/core";
import { checkCallable } from "@gossamer/core/adapter";
import type { GraphqlDefinition } from "./graphql-document.ts";

/** What names of operations are told to: any telemetry of Gossamer's. */
export type OperationTelemetry = Pick<Telemetry, "operation" | "current" | "span" | "meterProvider">;

/** That of the process, whenever it is made. */
export const ofProcess: OperationTelemetry = telemetry;

/** Throws an `OptionError` for what is no telemetry: told where a hook is made, and never by a request. */
export function checkTelemetry(given: OperationTelemetry): void {
  checkCallable(given, "telemetry", "operation", "current", "span");
}

/** Names the active request after an operation that was found in its document. */
export function nameGraphql(to: Pick<Telemetry, "operation">, found: GraphqlDefinition | undefined): void {
  if (found !== undefined) to.operation({ kind: "graphql", name: found.name?.value, type: found.operation });
}
