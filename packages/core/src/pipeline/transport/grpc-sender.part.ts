import type { Answered, QuestionLimits } from "./answered.ts";
import { callOnce } from "./grpc-call-once.ts";
import { GrpcSender } from "./grpc-sender.ts";
import type { Sender } from "./sender.ts";
import type { SenderSettings } from "./sender-settings.ts";

/** Sends by OTLP/gRPC. Throws a TypeError when the URL is none. */
export function grpcSender(settings: SenderSettings): Sender {
  return new GrpcSender(settings);
}

/** Makes one unary call of any method. Never rejects. */
export function grpcCallOnce(url: URL, message: Uint8Array, limits: QuestionLimits): Promise<Answered> {
  return callOnce(url, message, limits);
}
