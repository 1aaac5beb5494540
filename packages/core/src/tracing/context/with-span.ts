import { type Context, ROOT_CONTEXT, type Span } from "@opentelemetry/api";
import { spanKey } from "./context-keys.ts";

/** The context with a span in it; on top of the root, where it is no context that takes one. */
export function withSpan(context: Context, span: Span): Context {
  try {
    return context.setValue(spanKey, span);
  } catch {
    return ROOT_CONTEXT.setValue(spanKey, span);
  }
}
