export interface HostAndPort {
  readonly host: string;
  readonly port: number | undefined;
}

let lastAuthority = "";
let lastFound: HostAndPort | undefined = undefined;

/** The two parts of a Host header. A service has few names: what the last request was sent to is most often what this one was. */
export function hostAndPort(authority: string): HostAndPort | undefined {
  if (authority !== lastAuthority) {
    lastFound = splitAuthority(authority);
    lastAuthority = authority;
  }
  return lastFound;
}

/** Brackets of an IPv6 address are taken off; undefined when it is empty or its port is none. */
function splitAuthority(authority: string): HostAndPort | undefined {
  const bracket = authority.lastIndexOf("]");
  const colon = authority.lastIndexOf(":");
  const hasPort = colon > bracket && (bracket !== -1 || authority.indexOf(":") === colon);
  const name = hasPort ? authority.slice(0, colon) : authority;
  const host = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  if (host === "") return undefined;
  if (!hasPort || colon === authority.length - 1) return { host, port: undefined };
  const digits = authority.slice(colon + 1);
  const port = Number(digits);
  return /^\d+$/.test(digits) && port > 0 && port < 65_536 ? { host, port } : undefined;
}
