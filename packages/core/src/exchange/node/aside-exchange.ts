import { INVALID_SPAN_CONTEXT, trace } from "@opentelemetry/api";
import type { RequestExchange } from "../../model/request/request-exchange.ts";

/** Stands for every request that is not observed. */
export const asideExchange: RequestExchange = Object.freeze({
  method: "_OTHER",
  scheme: "http",
  path: undefined,
  route: undefined,
  ended: true,
  headSeen: true,
  shownSpan: trace.wrapSpanContext(INVALID_SPAN_CONTEXT),
  run: (fn) => fn(),
  bind() {},
  bindRequest() {},
  failed() {},
  failedWith() {},
  abandoned() {},
  headersSent() {},
  end() {},
  leaveOut() {},
} satisfies RequestExchange);
