export { apolloOperations, type ApolloOperationContext, type ApolloOperationsPlugin } from "./apollo-operations.ts";
export { yogaOperations, type YogaExecution, type YogaOperationsPlugin } from "./yoga-operations.ts";
export {
  mercuriusOperations,
  type MercuriusOperationContext,
  type MercuriusOperationsHook,
} from "./mercurius-operations.ts";
export { trpcOperations, type TrpcCall, type TrpcResult } from "./trpc-operations.ts";
export { connectOperations, type ConnectRequest } from "./connect-operations.ts";
export type { GraphqlDefinition, GraphqlDocument } from "./graphql-document.ts";
export type { OperationTelemetry } from "./operation-telemetry.ts";
