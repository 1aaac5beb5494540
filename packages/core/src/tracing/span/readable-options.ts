import type { SpanOptions } from "@opentelemetry/api";

const members = ["kind", "attributes", "links", "startTime", "root", "lane"] as const;

/** The members of a span's options that can be read; the others, and those of what is no object, are as if they had not been given. */
export function readableOptions(options: SpanOptions | undefined): SpanOptions {
  const readable: Record<string, unknown> = {};
  for (const name of members) {
    try {
      const value: unknown = (options as Record<string, unknown> | undefined)?.[name];
      if (value !== undefined) readable[name] = value;
    } catch {
      // A getter of somebody else's. Whoever asks has counted the options as a whole.
    }
  }
  return readable;
}
