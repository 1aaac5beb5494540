import type { RemoteSamplingSettings } from "../../options/declare/sampling-checks.ts";
import { version } from "../../model/scope.ts";
import { plainText } from "../../model/checks/quote-value.ts";
import type { Answered } from "../../pipeline/transport/answered.ts";
import { getOnce } from "../../pipeline/transport/get-once.ts";
import { grpcCallOnce } from "../../pipeline/transport/grpc-sender.part.ts";
import { textOf } from "../../model/foreign/text-of.ts";
import { StrategyError } from "./message-members.ts";
import { readStrategyAnswer, readStrategyMessage, strategyQuestion } from "./strategy-answer.ts";
import type { Strategy } from "./strategy.ts";

/** A strategy, or why there is none in one line. */
export type StrategyResult =
  | { readonly kind: "strategy"; readonly strategy: Strategy }
  | { readonly kind: "none"; readonly reason: string };

/** Asks for the strategy of the service. Never rejects. */
export type AskStrategy = () => Promise<StrategyResult>;

const maxAnswerBytes = 1_048_576;
const userAgent = `Gossamer/${version}`;
const grpcMethod = "/jaeger.api_v2.SamplingManager/GetSamplingStrategy";

/** How Jaeger is asked: by HTTP with the service in the query, or by gRPC. */
export function strategyAsker(settings: RemoteSamplingSettings, service: string): AskStrategy {
  const { url, protocol, timeoutMs } = settings;
  const limits = { totalMs: timeoutMs, maxAnswerBytes, userAgent };
  if (protocol === "grpc") {
    const question = strategyQuestion(service);
    const method = new URL(grpcMethod, url);
    return async () => read(await grpcCallOnce(method, question, limits), readStrategyMessage);
  }
  const address = new URL(url);
  address.searchParams.set("service", service);
  return async () => read(await getOnce(address, limits), (body) => readStrategyAnswer(parsed(body)));
}

function read(answered: Answered, readBody: (body: Uint8Array) => Strategy): StrategyResult {
  if (answered.kind === "none") return answered;
  try {
    return { kind: "strategy", strategy: readBody(answered.body) };
  } catch (error) {
    const reason = error instanceof StrategyError ? error.message : plainText(textOf(error));
    return { kind: "none", reason: `its answer cannot be followed: ${reason}` };
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString()) as unknown;
  } catch {
    throw new StrategyError("it is no JSON");
  }
}
