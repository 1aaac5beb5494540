import type { ProxyVariables } from "../variables/variable-reading.ts";

/** The proxy for an address; undefined when it is reached without one. The option holds for every address, the variables leave this machine out. */
export function proxyFor(address: string, option: string | undefined, variables: ProxyVariables): string | undefined {
  if (option !== undefined) return option;
  const url = new URL(address);
  const proxy = url.protocol === "https:" ? variables.https : variables.http;
  return proxy === undefined || isLocal(url.hostname) || isExcepted(url, variables.no) ? undefined : proxy;
}

function isLocal(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** `*`; a name with all below it, with or without a dot or `*.` in front; an address; each with or without a port. */
function isExcepted({ hostname, port, protocol }: URL, no = ""): boolean {
  const reached = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return no
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      const host = name.replace(/^\*?\./, "");
      if (host === "" || (only !== undefined && only !== reached)) return false;
      return hostname === host || hostname === `[${host}]` || hostname.endsWith(`.${host}`);
    });
}
