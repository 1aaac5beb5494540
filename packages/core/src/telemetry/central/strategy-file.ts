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
import { quoteValue } from "../../model/checks/quote-value.ts";
import { strategyFileNames } from "./is-strategy-file.ts";
import type { OperationStrategy, Strategy, Wanted } from "./strategy.ts";

/** What Jaeger takes where neither the service nor the file says anything. */
const otherwise: Wanted = { kind: "ratio", ratio: 0.001 };

/** `$schema` is what an editor reads. */
const fileNames = [...strategyFileNames, "$schema"] as const;
const operationNames = ["operation_strategies", "per_operation_strategies"] as const;
const wantedNames = ["type", "param", "max_traces_per_second"] as const;

/**
 * Reads from a strategy file what is for one service: its own strategy, else the default one, and behind its own operations those of the default. Throws a
 * `StrategyError` that names what is wrong, in other services' strategies too: a name that Jaeger does not know, or a service or operation that is there twice.
 *
 * Both spellings are taken: `service_strategies` with `operation_strategies`, and `per_service_strategies` with `per_operation_strategies`.
 */
export function readStrategyFile(value: unknown, service: string): Strategy {
  const members = membersOfMessage(value, "", fileNames, true);
  const byDefault =
    members.default_strategy === undefined ? undefined : readService(members.default_strategy, "default_strategy");
  const services = oneOf(members, ["service_strategies", "per_service_strategies"], "");
  const list = onceEach(services, "service", (one, place) => readService(one, place, ["service"]));
  const own = list.find((one) => one.service === service);
  return {
    otherwise: own?.wanted ?? byDefault?.wanted ?? otherwise,
    operations: [...(own?.operations ?? []), ...(byDefault?.operations ?? [])],
    minPerSecond: 0,
    maxPerSecond: undefined,
  };
}

interface ServiceStrategy {
  /** Undefined of the default. */
  readonly service: string | undefined;
  /** Undefined where it speaks of operations alone. */
  readonly wanted: Wanted | undefined;
  readonly operations: readonly OperationStrategy[];
}

function readService(value: unknown, place: string, names: readonly "service"[] = []): ServiceStrategy {
  const members = membersOfMessage(value, place, [...names, ...wantedNames, ...operationNames], true);
  const operations = oneOf(members, operationNames, place);
  return {
    service: names.length === 0 ? undefined : textOfMessage(members.service, placeOf(place, "service")),
    wanted: readWanted(members, place, operations.value !== undefined),
    operations: onceEach(operations, "operation", readOperation),
  };
}

function readOperation(value: unknown, place: string): OperationStrategy {
  const members = membersOfMessage(value, place, ["operation", ...wantedNames], true);
  const operation = textOfMessage(members.operation, placeOf(place, "operation"));
  return { operation, wanted: readWanted(members, place, false) ?? otherwise };
}

/** @param mayBeSilent whether it may say nothing of this, as its operations say it */
function readWanted(
  members: Partial<Record<(typeof wantedNames)[number], unknown>>,
  place: string,
  mayBeSilent: boolean,
): Wanted | undefined {
  const { type, param, max_traces_per_second: perSecond } = members;
  if (mayBeSilent && type === undefined && param === undefined && perSecond === undefined) return undefined;
  const kind = typeof type === "string" ? kinds.get(type.toLowerCase().replaceAll(/[-_]/g, "")) : undefined;
  if (kind === undefined) throw wrong(placeOf(place, "type"), '"probabilistic", "ratelimiting" or "adaptive"', type);
  if (kind === "ratio") {
    if (param === undefined) throw new StrategyError(`${place} has no param`);
    return { kind, ratio: numberOfMessage(param, placeOf(place, "param"), 1) };
  }
  const given = perSecond === undefined ? "param" : "max_traces_per_second";
  if (members[given] === undefined) throw new StrategyError(`${place} has neither param nor max_traces_per_second`);
  return { kind, perSecond: numberOfMessage(members[given], placeOf(place, given), maxRate) };
}

const kinds: ReadonlyMap<string, Wanted["kind"]> = new Map([
  ["probabilistic", "ratio"],
  ["ratelimiting", "rate-limit"],
  ["adaptive", "adaptive"],
]);

/** What a list has, read one by one: of two that go by one name, nobody would see which one holds. */
function onceEach<Name extends string, One extends Readonly<Record<Name, string | undefined>>>(
  { name, value }: { readonly name: string; readonly value: unknown },
  member: Name,
  read: (one: unknown, place: string) => One,
): One[] {
  const seen = new Set<string | undefined>();
  return listOfMessage(value, name).map((given, i) => {
    const place = `${name}[${i}]`;
    const one = read(given, place);
    if (seen.has(one[member])) throw new StrategyError(`${place} is for ${quoteValue(one[member])} a second time`);
    seen.add(one[member]);
    return one;
  });
}

/** The member that goes by one of two names, with its place. */
function oneOf<Name extends string>(
  members: Partial<Record<Name, unknown>>,
  [one, other]: readonly [Name, Name],
  place: string,
): { readonly name: string; readonly value: unknown } {
  if (members[one] !== undefined && members[other] !== undefined)
    throw new StrategyError(`${placeOf(place, one)} is there twice, as ${other} too`);
  const name = members[other] === undefined ? one : other;
  return { name: placeOf(place, name), value: members[name] };
}
