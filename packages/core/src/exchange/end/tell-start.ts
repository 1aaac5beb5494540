import type { Decision } from "../../model/sampling/decision.ts";
import type { RequestReader } from "../../model/request/request-reader.ts";
import type { SpanData } from "../../model/span-data.ts";
import type { RuleFacts } from "../../sampling/rules/rule-set.ts";
import type { SpanStarts } from "../../tracing/span/span-sink.ts";
import type { ExchangeHost } from "../host/exchange-host.ts";
import { type FinishedRequest, unanswered } from "../span/finished-request.ts";
import type { ReadableRequest } from "../incoming/incoming-context.ts";
import { ruleAtEnd } from "./rule-at-end.ts";
import type { ServerSpan } from "../span/server-span.ts";
import { serverSpanData } from "../span/server-span-data.ts";

/** The exchange itself. */
type StartedRequest = FinishedRequest & ReadableRequest & RuleFacts & { readonly span: ServerSpan };

/** Tells whoever listens that a request is sampled while it runs. What its span says by then is read when somebody asks. */
export function tellStart(
  host: ExchangeHost,
  starts: SpanStarts,
  exchange: StartedRequest,
  reader: RequestReader<unknown>,
  decision: Decision,
): void {
  const parentContext = host.incoming.context(exchange);
  const read = (): SpanData =>
    serverSpanData(exchange, {
      host,
      request: exchange.raw,
      reader,
      decision,
      rule: ruleAtEnd(host, exchange),
      outcome: unanswered,
      errorType: undefined,
      error: undefined,
      endMs: 0,
      notes: exchange.span,
      sizes: undefined,
    });
  starts.started({ key: exchange, span: exchange.span, read, parentContext });
}
