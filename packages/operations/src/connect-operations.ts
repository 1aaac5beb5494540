import { checkTelemetry, ofProcess, type OperationTelemetry } from "./operation-telemetry.ts";

/** What an interceptor of Connect is given, as much of it as this one reads. */
export interface ConnectRequest {
  readonly service: { readonly typeName: string };
  readonly method: { readonly name: string };
  readonly header: { get(name: string): string | null };
}

/**
 * Names requests after the method that they call: `connectNodeAdapter({ routes, interceptors: [connectOperations()] })`, and the same in its adapters for
 * Express and Fastify.
 */
export function connectOperations(
  telemetry: OperationTelemetry = ofProcess,
): <Request extends ConnectRequest, Answer>(
  next: (request: Request) => Promise<Answer>,
) => (request: Request) => Promise<Answer> {
  checkTelemetry(telemetry);
  return (next) => (request) => {
    const { service, method, header } = request;
    const isGrpc = header.get("content-type")?.startsWith("application/grpc") === true;
    telemetry.operation({
      kind: "rpc",
      name: `${service.typeName}/${method.name}`,
      type: isGrpc ? "grpc" : "connectrpc",
    });
    return next(request);
  };
}
