import type { FoundSpan, TelemetryEngine } from "@gossamer/core/adapter";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** What the decorators of plugins answer that begin a span for each request: all of it is what they tell their users. */
interface Told {
  readonly span?: unknown;
  readonly activeSpan?: unknown;
  readonly context?: FoundSpan["context"];
}

/** Reads the span that a plugin keeps on a request. */
export type FindsSpan = (request: FastifyRequest) => FoundSpan | undefined;

const decorators: Readonly<Record<string, (decorated: unknown, request: FastifyRequest) => FoundSpan | undefined>> = {
  // @fastify/otel, and what stands on it
  opentelemetry: (told, request) => foundIn(call(told, request), request),
  // @autotelic/fastify-opentelemetry
  openTelemetry: (told, request) => foundIn(call(told, request), request),
  // @platformatic/telemetry, and services by hand
  span: (span) => (span === undefined || span === null ? undefined : { span }),
};

/** How to find the span that a plugin registered before us keeps on the requests of an app; undefined where there is none. */
export function findsSpan(app: FastifyInstance): FindsSpan | undefined {
  const name = Object.keys(decorators).find((decorator) => app.hasRequestDecorator(decorator));
  const read = name === undefined ? undefined : decorators[name];
  if (name === undefined || read === undefined) return undefined;
  return (request) => read(Reflect.get(request, name), request);
}

/** Of @autotelic/fastify-opentelemetry, which makes a server span within any other, and may be told to show it to nobody. */
const makesSecondSpans = "fastify-opentelemetry";

/** One line where each request has two server spans, though another order of plugins would make it one. */
export function tellSecondSpan(app: FastifyInstance, telemetry: TelemetryEngine, found: FindsSpan | undefined): void {
  if (found !== undefined || !app.hasPlugin(makesSecondSpans)) return;
  telemetry.warn(
    `${makesSecondSpans} starts a second server span for each request: register it before Gossamer and leave its exposeApi on, or remove it`,
    "GSM_FASTIFY_ORDER",
  );
}

function call(told: unknown, request: FastifyRequest): Told | undefined {
  return typeof told === "function" ? (Reflect.apply(told, request, []) as Told | undefined) : undefined;
}

/** The plugin runs hooks and handlers in the context that lies on the request under a symbol of its own. */
function foundIn(told: Told | undefined, request: FastifyRequest): FoundSpan | undefined {
  const span = told?.span ?? told?.activeSpan;
  if (span === undefined || span === null) return undefined;
  const context = told?.context;
  const place = Object.getOwnPropertySymbols(request).find((symbol) => Reflect.get(request, symbol) === context);
  if (place === undefined || context === undefined) return { span, context };
  return { span, context, keep: (own) => Reflect.set(request, place, own) };
}
