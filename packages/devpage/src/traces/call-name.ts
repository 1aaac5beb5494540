/** What a call is compared by: one to another service or a database, or a part of the work that has a span of its own. */
export interface CalledSpan {
  readonly name: string;
  readonly kind: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const maxText = 2_000;

/**
 * What a call does, without what differs from one call to the next: the values of a query, the ids in a path. `GET shop.internal/items/*`,
 * `postgresql SELECT * FROM items WHERE id = ?`. The span's name, where nothing more is known.
 */
export function callName({ name, attributes }: Pick<CalledSpan, "name" | "attributes">): string {
  const read = (...keys: readonly string[]): string => {
    for (const key of keys) {
      const value = attributes[key];
      if (typeof value === "string" && value !== "") return value.slice(0, maxText);
    }
    return "";
  };
  const database = read("db.system.name", "db.system");
  if (database !== "") {
    const query = withoutValues(read("db.query.text", "db.statement"));
    const target = [read("db.operation.name", "db.operation"), read("db.collection.name", "db.sql.table")];
    return words(database, query || read("db.query.summary") || words(...target) || name);
  }
  const method = read("http.request.method", "http.method");
  if (method !== "") {
    const url = read("url.full", "http.url");
    const host = read("server.address", "net.peer.name");
    const template = read("url.template");
    return words(method, template === "" ? (url === "" ? host : placeOf(url)) : host + template) || name;
  }
  return name;
}

/** What names where a call goes and what it is for, besides its name: calls that differ in one of these are none of one kind. */
const identifying = [
  "server.address",
  "server.port",
  "db.namespace",
  "db.collection.name",
  "rpc.service",
  "rpc.method",
  "messaging.system",
  "messaging.destination.name",
  "messaging.operation.name",
  "peer.service",
  "code.function.name",
] as const;

/** Equal for calls of one kind: the span's kind, what the call does and what identifies it are the same, whatever values, ids and other attributes it has. */
export function callKey(span: Pick<CalledSpan, "name" | "kind" | "attributes">): string {
  const { kind, attributes } = span;
  return JSON.stringify([kind, callName(span), ...identifying.map((key) => attributes[key] ?? null)]);
}

const layerMarks = ["express.type", "fastify.type", "nestjs.type", "koa.type"] as const;
const layerName = /^(?:middleware|guard|interceptor|pipe|handler|request handler)\b/;

/** Whether a span is a layer of a framework, by our adapters or by the instrumentations of OpenTelemetry: five without a name are five, and not one in a loop. */
export function isLayer({ name, attributes }: Pick<CalledSpan, "name" | "attributes">): boolean {
  return layerName.test(name) || layerMarks.some((mark) => attributes[mark] !== undefined);
}

/** Whether a call only reads, as far as it says. Who changes something may well want to do it in order. */
export function readsOnly({ name, attributes }: Pick<CalledSpan, "name" | "attributes">): boolean {
  const method = attributes["http.request.method"] ?? attributes["http.method"];
  if (typeof method === "string") return /^(?:GET|HEAD|OPTIONS|QUERY)$/i.test(method);
  const does =
    attributes["db.operation.name"] ??
    attributes["db.operation"] ??
    attributes["db.query.summary"] ??
    attributes["db.query.text"] ??
    attributes["db.statement"] ??
    name;
  return (
    typeof does !== "string" ||
    !/^\W*(?:insert|update|delete|merge|replace|create|drop|alter|truncate|set|del|incr|begin|commit|rollback|start|publish|send|post|put|patch)\b/i.test(
      does,
    )
  );
}

/** A query without its values: those of one statement are alike. */
function withoutValues(query: string): string {
  return query
    .replaceAll(/'(?:[^']|'')*'/g, "?")
    .replaceAll(/\$\d+|:\w+\b|@\w+\b/g, "?")
    .replaceAll(/\b\d+(?:\.\d+)?\b/g, "?")
    .replaceAll(/\(\s*\?(?:\s*,\s*\?)*\s*\)/g, "(?)")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Host and path of a URL, with a star for what is an id. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url.replace(/[?#].*$/, "");
  const { host, pathname } = new URL(url);
  return host + pathname.split("/").map(withoutId).join("/");
}

const maxSegment = 64;

function withoutId(segment: string): string {
  if (segment.length > maxSegment) return "*";
  return /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12,}|[\w-]*\d[\w-]{7,})$/i.test(segment) ? "*" : segment;
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
