import { check, type Check } from "../../model/checks/checks.ts";

/** The address of a collector. */
export const endpointCheck: Check<string> = check(
  "string",
  "a URL that begins with http:// or https://",
  (value): value is string => typeof value === "string" && parseHttpUrl(value) !== undefined,
);

/** The address of a proxy. */
export const proxyCheck: Check<string> = check(
  "string",
  "a URL that begins with http:// or https://, without a path",
  (value): value is string => {
    const url = typeof value === "string" ? parseHttpUrl(value) : undefined;
    return url !== undefined && url.pathname === "/" && url.search === "";
  },
);

function parseHttpUrl(address: string): URL | undefined {
  if (!/^https?:\/\//.test(address.slice(0, 8).toLowerCase()) || !URL.canParse(address)) return undefined;
  return new URL(address);
}

/** An address that a variable gives as host and port alone, as gRPC writes them; with `isInsecure` undefined, port 443 says that it has TLS. */
export function withScheme(address: string, isInsecure: boolean | undefined): string {
  const [, port] = /^(?:[a-z\d._-]+|\[[\da-f:.]+\]):(\d{1,5})(?:\/.*)?$/i.exec(address) ?? [];
  if (port === undefined) return address;
  return `${(isInsecure ?? port !== "443") ? "http" : "https"}://${address}`;
}
