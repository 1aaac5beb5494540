import { GrpcSender } from "./grpc-sender.ts";
import { HttpSender } from "./http-sender.ts";
import type { Sender } from "./sender.ts";
import type { SenderSettings } from "./sender-settings.ts";

/** The sender of a protocol. Throws a TypeError when the URL is none. */
export function createSender(protocol: "http/protobuf" | "grpc", settings: SenderSettings): Sender {
  return protocol === "grpc" ? new GrpcSender(settings) : new HttpSender(settings);
}
