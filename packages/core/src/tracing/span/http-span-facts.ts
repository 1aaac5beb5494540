import type { Attributes } from "@opentelemetry/api";

type Started = Readonly<Attributes> | undefined;

/** The method of the request that a span is of, by the attributes it starts with; empty where they tell none. */
export function methodIn(attributes: Started): string {
  return textIn(attributes, "http.request.method") ?? textIn(attributes, "http.method") ?? "";
}

/** Its path, without the query. */
export function pathIn(attributes: Started): string | undefined {
  return textIn(attributes, "url.path") ?? textIn(attributes, "http.target")?.split("?", 1)[0];
}

/** One of its headers, as far as they tell it: what was captured, and by their own attributes the host and the user agent. */
export function headerIn(attributes: Started, name: string): string | undefined {
  if (name === "user-agent") return userAgentIn(attributes);
  const value = headerText(valueIn(attributes, `http.request.header.${name}`));
  if (value !== undefined || name !== "host") return value;
  return textIn(attributes, "server.address") ?? textIn(attributes, "http.host");
}

/** Asked of each server span that is a root, so the names stand here one by one: V8 remembers for each place where it last found what is read there. */
function userAgentIn(attributes: Started): string | undefined {
  try {
    return (
      headerText(attributes?.["http.request.header.user-agent"]) ??
      textOf(attributes?.["user_agent.original"]) ??
      textOf(attributes?.["http.user_agent"])
    );
  } catch {
    return undefined;
  }
}

function headerText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : undefined;
}

/** An attribute that is a text, and not an empty one. */
export function textIn(attributes: Started, key: string): string | undefined {
  return textOf(valueIn(attributes, key));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function valueIn(attributes: Started, key: string): unknown {
  try {
    return attributes?.[key];
  } catch {
    // A getter of somebody else's tells nothing.
    return undefined;
  }
}
