import { diag, DiagLogLevel } from "@opentelemetry/api";
import { globalKey } from "./api-version.ts";

const duplicate = /duplicate registration of API: (?:trace|context)\b/;

/**
 * Tells when somebody tries to register a provider after us: the API refuses it, and says so to its diagnostics logger alone.
 *
 * Only where nobody else has set such a logger; then whoever set it reads the refusal himself. Answers the function that undoes it.
 */
export function watchForLateSdk(tell: () => void): () => void {
  if (registeredLogger() !== undefined) return () => {};
  const heard = (message: string): void => {
    if (duplicate.test(String(message))) tell();
  };
  const silent = (): void => {};
  diag.setLogger({ error: heard, warn: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.ERROR);
  const ours = registeredLogger();
  return () => {
    if (registeredLogger() === ours) diag.disable();
  };
}

function registeredLogger(): unknown {
  return ((globalThis as Record<symbol, unknown>)[globalKey] as { readonly diag?: unknown } | undefined)?.diag;
}
