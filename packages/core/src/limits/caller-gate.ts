/** What the gate needs to know of a request: that of `node:http` and HTTP/2, and so also that of Express, Fastify and Nest. */
export interface GatedRequest {
  readonly socket?: { readonly remoteAddress?: string | undefined } | null | undefined;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
}

/**
 * Who may ask a handler of ours. `"loopback"`: only callers on this machine. A function decides by itself, and one that throws or answers anything
 * but true refuses.
 */
export type Allow<Request> = "loopback" | "any" | ((request: Request) => boolean);

const localHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * How the headers that proxies add begin or end, by their standard or by their vendors. One of them means that the caller is somewhere else, though
 * the connection comes from this machine.
 */
const proxyHeader =
  /^(?:forwarded$|via$|x-forwarded|x-original-|x-envoy-|x-amzn-|cloudfront-)|-(?:(?:real|client|connecting|user)-?ip|forwarded-for)$/;

/**
 * The gate before every handler of ours that tells of the service.
 *
 * By default a request passes only if its connection comes from this machine, its `Host` names this machine (a page in a browser that resolves its
 * own name to 127.0.0.1 does not), and no proxy says that it forwards it. A proxy on this machine that adds no header and rewrites `Host` cannot be
 * told from a local caller. Never throws.
 */
export function callerGate<Request extends GatedRequest>(allow: Allow<Request>): (request: Request) => boolean {
  if (allow === "any") return () => true;
  const allows = allow === "loopback" ? isLocal : allow;
  return (request) => {
    try {
      return allows(request) === true;
    } catch {
      return false;
    }
  };
}

function isLocal({ socket, headers }: GatedRequest): boolean {
  if (!isLoopback(socket?.remoteAddress) || headers === undefined) return false;
  const host = headers["host"] ?? headers[":authority"];
  return typeof host === "string" && localHosts.has(withoutPort(host)) && !isForwarded(headers);
}

/** 127.0.0.0/8, also as IPv6 writes it, and `::1`. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i.test(address);
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d{1,5}$/, "");
}

function isForwarded(headers: NonNullable<GatedRequest["headers"]>): boolean {
  return Object.keys(headers).some((name) => proxyHeader.test(name));
}
