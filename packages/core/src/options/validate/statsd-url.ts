/** Where StatsD is sent to. */
export type StatsdTarget =
  | { readonly kind: "udp" | "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unixstream"; readonly path: string };

export const statsdUrlExpectation =
  "udp://host:port, tcp://host:port or unixstream:///path of a stream socket; Node has no Unix datagrams, so for unix:// and unixgram:// let the agent open dogstatsd_stream_socket and name that";

const usualPort = 8_125;

/** Undefined for what is none. */
export function statsdTarget(text: string): StatsdTarget | undefined {
  const [, kind = "", rest = ""] = /^([a-z]+):\/\/(.+)$/i.exec(text) ?? [];
  switch (kind.toLowerCase()) {
    case "unixstream":
      return rest.startsWith("/") ? { kind: "unixstream", path: rest } : undefined;
    case "udp":
    case "tcp": {
      // The URL of another scheme has no default port, and knows how IPv6 is written.
      const url = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined;
      if (url === undefined || url.pathname !== "/" || url.search !== "" || url.username !== "") return undefined;
      // The parser leaves out what is the default port of http.
      const port = url.port === "" ? (/:80\/?$/.test(rest) ? 80 : usualPort) : Number(url.port);
      if (port === 0) return undefined;
      return { kind: kind.toLowerCase() as "udp" | "tcp", host: url.hostname.replace(/^\[|\]$/g, ""), port };
    }
    default:
      return undefined;
  }
}
