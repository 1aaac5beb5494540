/** The URL of one signal below a base address: its path is kept, and `v1/traces`, `v1/metrics` or `v1/logs` is added (OTLP exporter specification). */
export function signalUrl(base: string, path: "v1/traces" | "v1/metrics" | "v1/logs"): string {
  const url = new URL(base);
  let end = url.pathname.length;
  while (end > 0 && url.pathname[end - 1] === "/") end--;
  url.pathname = `${url.pathname.slice(0, end)}/${path}`;
  url.hash = "";
  return url.href;
}

/** The URL of a signal's Export method at the origin of an address, whose own path says nothing to gRPC. */
export function grpcUrl(address: string, method: string): string {
  const url = new URL(address);
  return url.origin + method;
}

/** An address for one signal alone, used as it is. */
export function exactUrl(address: string): string {
  const url = new URL(address);
  url.hash = "";
  return url.href;
}
