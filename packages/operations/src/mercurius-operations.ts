import { type GraphqlDocument, operationOf } from "./graphql-document.ts";
import { checkTelemetry, nameGraphql, ofProcess, type OperationTelemetry } from "./operation-telemetry.ts";

/** What is looked at of Mercurius's context: the request, which says which operation of several is meant. */
export interface MercuriusOperationContext {
  /** Which of a batch it is. */
  readonly operationId?: unknown;
  readonly reply?: { readonly request?: { readonly body?: unknown; readonly query?: unknown } } | undefined;
}

/** The hook `preExecution` of Mercurius. */
export type MercuriusOperationsHook = (
  schema: unknown,
  document: GraphqlDocument,
  context: MercuriusOperationContext,
) => Promise<void>;

/**
 * Names requests after the operation that Mercurius executes: `app.graphql.addHook("preExecution", mercuriusOperations())`. In Nest, with the driver
 * of Mercurius, it is `hooks: { preExecution: mercuriusOperations() }`.
 */
export function mercuriusOperations(telemetry: OperationTelemetry = ofProcess): MercuriusOperationsHook {
  checkTelemetry(telemetry);
  return (_schema, document, context) => {
    nameGraphql(telemetry, operationOf(document, nameAsked(context)));
    return done;
  };
}

const done = Promise.resolve();

function nameAsked({ reply, operationId }: MercuriusOperationContext): string | undefined {
  const { body, query } = reply?.request ?? {};
  const asked: unknown = Array.isArray(body) && typeof operationId === "number" ? body[operationId] : body;
  for (const place of [asked, query]) {
    if (typeof place !== "object" || place === null) continue;
    const { operationName } = place as { readonly operationName?: unknown };
    if (typeof operationName === "string") return operationName;
  }
  return undefined;
}
