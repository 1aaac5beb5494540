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
  const value = valueIn(attributes, `http.request.header.${name}`);
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "string") return value;
  if (name === "host") return textIn(attributes, "server.address") ?? textIn(attributes, "http.host");
  if (name !== "user-agent") return undefined;
  return textIn(attributes, "user_agent.original") ?? textIn(attributes, "http.user_agent");
}

/** An attribute that is a text, and not an empty one. */
export function textIn(attributes: Started, key: string): string | undefined {
  const value = valueIn(attributes, key);
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
