import { type GraphqlDocument, operationOf } from "./graphql-document.ts";
import { checkTelemetry, nameGraphql, ofProcess, type OperationTelemetry } from "./operation-telemetry.ts";

/** As much of a plugin of Yoga and Envelop as this one is. */
export interface YogaOperationsPlugin {
  onExecute(event: YogaExecution): void;
  onSubscribe(event: YogaExecution): void;
}

export interface YogaExecution {
  readonly args: { readonly document: GraphqlDocument; readonly operationName?: string | null | undefined };
}

/** Names requests after the operation that GraphQL Yoga, or anything else on Envelop, executes: `plugins: [yogaOperations()]`. */
export function yogaOperations(telemetry: OperationTelemetry = ofProcess): YogaOperationsPlugin {
  checkTelemetry(telemetry);
  const name = ({ args }: YogaExecution): void => {
    nameGraphql(telemetry, operationOf(args.document, args.operationName));
  };
  return { onExecute: name, onSubscribe: name };
}
