import type { Operation, OperationName } from "../model/route.ts";
import { Tally } from "../tally/tally.ts";

const maxNameLength = 64;
/** Of RPC, where the name is a service's and a method's. */
const maxPathLength = 128;
/** Systems of RPC that are told apart; there are a handful. */
const maxSystems = 16;
const other = "_OTHER";
const word = /^[_A-Za-z]\w*$/;
const path = /^[_A-Za-z]\w*(?:[./][_A-Za-z]\w*)*$/;
const graphqlTypes: ReadonlySet<unknown> = new Set(["query", "mutation", "subscription"]);

/**
 * Names of operations, which come from clients: only words are taken, cut to a length, and so many of them; all others are one, `_OTHER`. So nobody
 * makes a series by a name.
 */
export class OperationTable {
  /** `named`, and of those names: `cut`, `refused` for what is no word, `overflow` for what came when the table was full. */
  readonly counts: Tally = new Tally();
  readonly #maxNames: number;
  readonly #names = new Set<string>();
  readonly #systems = new Set<string>();
  readonly #operations = new Map<string, Operation>();

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  /** Undefined for what has neither name nor type: it tells no request from the others of its route. */
  get({ kind, name, type }: OperationName): Operation | undefined {
    const shown = name === undefined || name === "" ? undefined : this.#admit(kind, name);
    const sort = kind === "graphql" ? (graphqlTypes.has(type) ? String(type) : undefined) : this.#system(type);
    if (shown === undefined && sort === undefined) return undefined;
    this.counts.add("named");
    const key = `${kind} ${sort} ${shown}`;
    let operation = this.#operations.get(key);
    if (operation === undefined) {
      operation = operationOf(kind === "graphql", shown, sort);
      this.#operations.set(key, operation);
    }
    return operation;
  }

  #admit(kind: OperationName["kind"], given: unknown): string {
    const [form, maxLength] = kind === "graphql" ? [word, maxNameLength] : [path, maxPathLength];
    if (typeof given !== "string") return this.#refuse("refused");
    const isCut = given.length > maxLength;
    // What is cut may end at a dot.
    const name = isCut ? given.slice(0, maxLength).replace(/[./]$/, "") : given;
    if (!form.test(name)) return this.#refuse("refused");
    const key = `${kind} ${name}`;
    if (!this.#names.has(key)) {
      if (this.#names.size >= this.#maxNames) return this.#refuse("overflow");
      this.#names.add(key);
    }
    if (isCut) this.counts.add("cut");
    return name;
  }

  #system(given: unknown): string | undefined {
    if (given === undefined || given === "") return undefined;
    if (typeof given !== "string" || given.length > maxNameLength || !word.test(given)) return other;
    if (!this.#systems.has(given)) {
      if (this.#systems.size >= maxSystems) return other;
      this.#systems.add(given);
    }
    return given;
  }

  #refuse(reason: string): string {
    this.counts.add(reason);
    return other;
  }
}

/** @param sort the type of GraphQL, or the system of RPC */
function operationOf(isGraphql: boolean, name: string | undefined, sort: string | undefined): Operation {
  const attributes: Record<string, string> = {};
  if (sort !== undefined) attributes[isGraphql ? "graphql.operation.type" : "rpc.system.name"] = sort;
  if (name !== undefined) attributes[isGraphql ? "graphql.operation.name" : "rpc.method"] = name;
  const words = isGraphql ? [sort, name] : [name ?? sort];
  return Object.freeze({
    label: `${isGraphql ? "graphql" : "rpc"}:${name ?? ""}`,
    spanName: words.filter((part) => part !== undefined).join(" "),
    attributes: Object.freeze(attributes),
  });
}
