import type { TraceState } from "@opentelemetry/api";
import { isTraceStateKey, isTraceStateValue, validTraceState } from "./tracestate.ts";

const maxMembers = 32;

/**
 * The tracestate of a span context as `@opentelemetry/api` has it; undefined for an empty or invalid one.
 *
 * The API's own gives up beyond 512 characters, which W3C asks to carry at the least.
 */
export function parseTraceState(header: string): TraceState | undefined {
  const raw = validTraceState(header);
  return raw === "" ? undefined : new ValidTraceState(raw.split(","));
}

class ValidTraceState implements TraceState {
  readonly #members: readonly string[];

  constructor(members: readonly string[]) {
    this.#members = members;
  }

  get(key: string): string | undefined {
    const prefix = `${key}=`;
    return this.#members.find((member) => member.startsWith(prefix))?.slice(prefix.length);
  }

  /** A copy with the member in front. A key or value the format does not allow changes nothing; a 33rd member costs the last. */
  set(key: string, value: string): TraceState {
    if (!isTraceStateKey(key) || !isTraceStateValue(value)) return this;
    return new ValidTraceState([`${key}=${value}`, ...this.#without(key)].slice(0, maxMembers));
  }

  unset(key: string): TraceState {
    return new ValidTraceState(this.#without(key));
  }

  serialize(): string {
    return this.#members.join(",");
  }

  #without(key: string): readonly string[] {
    const prefix = `${key}=`;
    return this.#members.filter((member) => !member.startsWith(prefix));
  }
}

/** The text of somebody's tracestate; empty where there is none, or it is none: without `serialize`, or with one that throws or gives no text. */
export function traceStateText(state: { serialize(): string } | undefined | null): string {
  if (state === undefined || state === null) return "";
  try {
    const text: unknown = state.serialize();
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}
