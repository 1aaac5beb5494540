/** How one signal reaches its collector. */
export interface SenderSettings {
  /** Path included: `http://localhost:4318/v1/traces`; for gRPC the path is the method's. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none";
  /** 1 to 9. */
  readonly gzipLevel: number;
  /** From the start of a try until the connection stands; it counts within `timeoutMs`. */
  readonly connectTimeoutMs: number;
  /** The total deadline of a try, from the first byte out to the last byte in. */
  readonly timeoutMs: number;
  /** Sockets at most. gRPC needs one, which carries every call. */
  readonly connections: number;
  /** How long a connection is used, a fifth more or less. */
  readonly maxConnectionAgeMs: number;
  /** From 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** The proxy that leads there: `http://user:password@proxy:3128`. Undefined: none does. */
  readonly proxy?: string | undefined;
  /** Undefined: Node's own list of authorities, and no certificate of ours. */
  readonly tls?: TlsSettings | undefined;
}

/** PEM texts. */
export interface TlsSettings {
  /** The authority to trust instead of Node's list. */
  readonly ca?: string | undefined;
  /** What we show of ourselves; never without its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}
