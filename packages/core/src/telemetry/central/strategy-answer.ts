import { ProtobufReader } from "../../pipeline/answer/protobuf-reader.ts";
import {
  listOfMessage,
  maxRate,
  membersOfMessage,
  numberOfMessage,
  placeOf,
  StrategyError,
  textOfMessage,
  wrong,
} from "./message-members.ts";
import type { OperationStrategy, Strategy, Wanted } from "./strategy.ts";

/** By name and by number; where it is absent it is the first. */
const strategyTypes: ReadonlyMap<unknown, "probabilistic" | "rate-limiting"> = new Map<
  unknown,
  "probabilistic" | "rate-limiting"
>([
  ["PROBABILISTIC", "probabilistic"],
  [0, "probabilistic"],
  ["RATE_LIMITING", "rate-limiting"],
  [1, "rate-limiting"],
]);

/**
 * Reads the answer of a Jaeger sampling endpoint, a `SamplingStrategyResponse` in protobuf's JSON, in each spelling that it has. Throws a `StrategyError` that names what is wrong.
 *
 * Where it has operations and says that the service is rate limited, the rate is for all other operations: the probability beside it is what Jaeger fills in.
 *
 * Source: jaeger-idl, api_v2/sampling.proto
 */
export function readStrategyAnswer(answer: unknown): Strategy {
  const { strategyType, probabilisticSampling, rateLimitingSampling, operationSampling } = membersOfMessage(
    answer,
    "",
    ["strategyType", "probabilisticSampling", "rateLimitingSampling", "operationSampling"],
  );
  const says = probabilisticSampling ?? operationSampling;
  const type =
    strategyType === undefined
      ? says === undefined && rateLimitingSampling !== undefined
        ? "rate-limiting"
        : "probabilistic"
      : strategyTypes.get(strategyType);
  if (type === undefined) throw wrong("strategyType", '"PROBABILISTIC" or "RATE_LIMITING"', strategyType);
  const bounds = operationSampling === undefined ? undefined : readOperations(operationSampling);
  const none = { operations: [], minPerSecond: 0, maxPerSecond: undefined };
  if (type === "rate-limiting") {
    if (rateLimitingSampling === undefined) throw new StrategyError("it has no rateLimitingSampling");
    return { ...none, ...bounds?.strategies, otherwise: readRate(rateLimitingSampling) };
  }
  if (bounds !== undefined) return { ...bounds.strategies, otherwise: bounds.otherwise };
  if (probabilisticSampling === undefined) throw new StrategyError("it has no probabilisticSampling");
  return { ...none, otherwise: readRatio(probabilisticSampling, "probabilisticSampling") };
}

function readRatio(value: unknown, place: string): Wanted {
  const { samplingRate } = membersOfMessage(value, place, ["samplingRate"]);
  return { kind: "ratio", ratio: numberOfMessage(samplingRate, placeOf(place, "samplingRate"), 1) };
}

function readRate(value: unknown): Wanted {
  const place = "rateLimitingSampling";
  const { maxTracesPerSecond } = membersOfMessage(value, place, ["maxTracesPerSecond"]);
  const perSecond = numberOfMessage(maxTracesPerSecond, `${place}.maxTracesPerSecond`, maxRate);
  return { kind: "rate-limit", perSecond };
}

function readOperations(value: unknown): { strategies: Omit<Strategy, "otherwise">; otherwise: Wanted } {
  const place = "operationSampling";
  const names = [
    "defaultSamplingProbability",
    "defaultLowerBoundTracesPerSecond",
    "defaultUpperBoundTracesPerSecond",
    "perOperationStrategies",
  ] as const;
  const members = membersOfMessage(value, place, names);
  const perSecond = (name: (typeof names)[number]): number =>
    numberOfMessage(members[name], placeOf(place, name), maxRate);
  const list = placeOf(place, "perOperationStrategies");
  return {
    otherwise: {
      kind: "ratio",
      ratio: numberOfMessage(members.defaultSamplingProbability, `${place}.defaultSamplingProbability`, 1),
    },
    strategies: {
      operations: listOfMessage(members.perOperationStrategies, list).map((one, i) =>
        readOperation(one, `${list}[${i}]`),
      ),
      minPerSecond: perSecond("defaultLowerBoundTracesPerSecond"),
      // Without presence, 0 is what a sender leaves that knows no upper bound.
      maxPerSecond: perSecond("defaultUpperBoundTracesPerSecond") || undefined,
    },
  };
}

function readOperation(value: unknown, place: string): OperationStrategy {
  const { operation, probabilisticSampling } = membersOfMessage(value, place, ["operation", "probabilisticSampling"]);
  const name = textOfMessage(operation, placeOf(place, "operation"));
  if (probabilisticSampling === undefined) throw new StrategyError(`${place} has no probabilisticSampling`);
  return { operation: name, wanted: readRatio(probabilisticSampling, placeOf(place, "probabilisticSampling")) };
}

/** The same from protobuf's bytes. */
export function readStrategyMessage(bytes: Uint8Array): Strategy {
  return readStrategyAnswer(
    membersOfBytes(new ProtobufReader(bytes), {
      1: ["strategyType", "number"],
      2: ["probabilisticSampling", probabilistic],
      3: ["rateLimitingSampling", { 1: ["maxTracesPerSecond", "number"] }],
      4: [
        "operationSampling",
        {
          1: ["defaultSamplingProbability", "double"],
          2: ["defaultLowerBoundTracesPerSecond", "double"],
          3: [
            "perOperationStrategies",
            { 1: ["operation", "text"], 2: ["probabilisticSampling", probabilistic] },
            "list",
          ],
          4: ["defaultUpperBoundTracesPerSecond", "double"],
        },
      ],
    }),
  );
}

/** The question: a `SamplingStrategyParameters`. */
export function strategyQuestion(service: string): Uint8Array {
  const name = Buffer.from(service.slice(0, maxServiceLength));
  const length = [];
  for (let left = name.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}

const maxServiceLength = 10_000;

/** Fields by number: the name in JSON, and what it holds. */
interface Fields {
  readonly [field: number]: readonly [name: string, holds: "number" | "double" | "text" | Fields, repeated?: "list"];
}

const probabilistic: Fields = { 1: ["samplingRate", "double"] };

function membersOfBytes(reader: ProtobufReader, fields: Fields): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  while (reader.next()) {
    const [name = "", holds, repeated] = fields[reader.field] ?? [];
    let value: unknown;
    if (holds === "number" && reader.isNumber) value = reader.int();
    else if (holds === "double" && reader.isDouble) value = reader.double();
    else if (holds === "text" && reader.isBytes) value = reader.text();
    else if (typeof holds === "object" && reader.isBytes) value = membersOfBytes(reader.message(), holds);
    else {
      reader.skip();
      continue;
    }
    if (repeated === undefined) members[name] = value;
    else ((members[name] ??= []) as unknown[]).push(value);
  }
  return members;
}
