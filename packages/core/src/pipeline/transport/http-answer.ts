/** What a server may put into one head, status line included. Node's own bound. */
const maxHeadBytes = 16_384;
const lineEnd = 0x0a;
const statusLine = "HTTP/1.";

/** The end of an answer: by its length, chunk by chunk, with the connection, or with its head. */
type Framing = "length" | "chunked" | "close" | "none";

/**
 * Reads one HTTP/1.1 answer from the bytes of a connection (RFC 9112), in whatever pieces they come.
 *
 * Keeps what a sender asks of an answer: status, a few headers, the beginning of the body. Answers of status 1xx are skipped. What is not HTTP is
 * `malformed`, and never an exception.
 */
export class HttpAnswer {
  /** `head` until the status is known, then `body`; `complete` and `malformed` are final. */
  state: "head" | "body" | "complete" | "malformed" = "head";
  status = 0;
  /** Whether the connection may carry another request after a complete answer. */
  keepsAlive = false;
  /** Whether there was more of the body than is kept. */
  isLong = false;
  readonly #maxBodyBytes: number;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #line = "";
  #headBytes = 0;
  #headers = new Map<string, string>();
  #framing: Framing = "close";
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #chunkPart: "size" | "data" | "data-end" | "trailer" = "size";

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** A header by its name in lower case; of several with one name, the first. */
  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  /** The body so far, at most what was asked for. */
  get body(): Buffer {
    return Buffer.concat(this.#kept);
  }

  /** Takes the next bytes. What follows a complete answer was not asked for: the connection cannot be trusted with another request. */
  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.state === "complete") this.keepsAlive = false;
      if (this.state === "complete" || this.state === "malformed") return;
      at =
        this.state === "head" || (this.#framing === "chunked" && this.#chunkPart !== "data")
          ? this.#takeLine(bytes, at)
          : this.#takeBody(bytes, at);
    }
  }

  /** The connection has ended: so has an answer that ends with it. */
  end(): void {
    this.keepsAlive = false;
    if (this.state === "body" && this.#framing === "close") this.state = "complete";
  }

  #takeLine(bytes: Buffer, from: number): number {
    const found = bytes.indexOf(lineEnd, from);
    const to = found === -1 ? bytes.length : found + 1;
    this.#headBytes += to - from;
    if (this.#headBytes > maxHeadBytes) {
      this.state = "malformed";
      return to;
    }
    this.#line += bytes.toString("latin1", from, to);
    if (this.state === "head" && this.status === 0 && !isBeginning(this.#line)) this.state = "malformed";
    if (found === -1 || this.state === "malformed") return to;
    const line = this.#line.replace(/\r?\n$/, "");
    this.#line = "";
    if (this.state === "head") this.#takeHeadLine(line);
    else this.#takeChunkLine(line);
    return to;
  }

  #takeHeadLine(line: string): void {
    if (this.status === 0) {
      const [, version, status] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(line) ?? [];
      if (status === undefined) {
        this.state = "malformed";
        return;
      }
      this.status = Number(status);
      this.keepsAlive = version === "1";
    } else if (line !== "") {
      const colon = line.indexOf(":");
      const name = line.slice(0, Math.max(0, colon)).toLowerCase();
      if (name !== "" && !this.#headers.has(name)) this.#headers.set(name, line.slice(colon + 1).trim());
    } else {
      this.#endHead();
    }
  }

  #endHead(): void {
    this.#headBytes = 0;
    if (this.status < 200) {
      this.status = 0;
      this.#headers.clear();
      return;
    }
    const length = this.#headers.get("content-length");
    if (/\bclose\b/i.test(this.#headers.get("connection") ?? "")) this.keepsAlive = false;
    this.state = "body";
    if (this.status === 204 || this.status === 304) this.#framing = "none";
    else if (/\bchunked\s*$/i.test(this.#headers.get("transfer-encoding") ?? "")) this.#framing = "chunked";
    else if (length === undefined) this.#framing = "close";
    else if (/^\d{1,15}$/.test(length)) {
      this.#framing = "length";
      this.#left = Number(length);
    } else this.state = "malformed";
    if (this.#framing === "close") this.keepsAlive = false;
    if (this.#framing === "none" || (this.#framing === "length" && this.#left === 0)) this.state = "complete";
  }

  #takeChunkLine(line: string): void {
    if (this.#chunkPart === "data-end") this.#chunkPart = "size";
    else if (this.#chunkPart === "trailer") {
      if (line === "") this.state = "complete";
    } else {
      const [, size] = /^([\da-f]{1,12})\s*(?:;|$)/i.exec(line) ?? [];
      this.#headBytes = 0;
      this.#left = Number.parseInt(size ?? "", 16);
      if (size === undefined) this.state = "malformed";
      else this.#chunkPart = this.#left === 0 ? "trailer" : "data";
    }
  }

  #takeBody(bytes: Buffer, from: number): number {
    const to = this.#framing === "close" ? bytes.length : Math.min(bytes.length, from + this.#left);
    this.#left -= to - from;
    const room = Math.min(this.#maxBodyBytes - this.#keptBytes, to - from);
    if (room < to - from) this.isLong = true;
    if (room > 0) {
      // A copy: the socket reads into one large buffer, which a slice would keep.
      this.#kept.push(Buffer.from(bytes.subarray(from, from + room)));
      this.#keptBytes += room;
    }
    if (this.#left === 0 && this.#framing === "length") this.state = "complete";
    if (this.#left === 0 && this.#framing === "chunked") this.#chunkPart = "data-end";
    return to;
  }
}

/** Whether a status line may begin so: what speaks another protocol is told at once, however little it says. */
function isBeginning(line: string): boolean {
  return statusLine.startsWith(line.slice(0, statusLine.length));
}
