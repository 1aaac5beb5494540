import type { GraphqlDefinition } from "./graphql-document.ts";
import { checkTelemetry, nameGraphql, ofProcess, type OperationTelemetry } from "./operation-telemetry.ts";

/** As much of a plugin of Apollo Server as this one is. */
export interface ApolloOperationsPlugin {
  requestDidStart(): Promise<{ didResolveOperation(context: ApolloOperationContext): Promise<void> }>;
}

export interface ApolloOperationContext {
  readonly operation?: GraphqlDefinition;
}

/**
 * Names requests after the operation that Apollo Server resolved, once it was found valid: `plugins: [apolloOperations()]`. It is the same in Nest, with the
 * driver of Apollo.
 */
export function apolloOperations(telemetry: OperationTelemetry = ofProcess): ApolloOperationsPlugin {
  checkTelemetry(telemetry);
  const listener = {
    didResolveOperation({ operation }: ApolloOperationContext): Promise<void> {
      nameGraphql(telemetry, operation);
      return done;
    },
  };
  const started = Promise.resolve(listener);
  return { requestDidStart: () => started };
}

const done = Promise.resolve();
