import { GrpcSender } from "./grpc-sender.ts";
import type { Sender } from "./sender.ts";
import type { SenderSettings } from "./sender-settings.ts";

/** Sends by OTLP/gRPC. Throws a TypeError when the URL is none. */
export function grpcSender(settings: SenderSettings): Sender {
  return new GrpcSender(settings);
}
