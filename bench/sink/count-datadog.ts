import { sumCounts, type Counts } from "./counts.ts";
import { MsgpackReader } from "./msgpack-reader.ts";

/** What a chunk of a trace says of itself, on its first span. */
interface Chunk {
  service: string;
  /** Above 0: the agent keeps the trace. The tracer sends the others too, for the agent to count. */
  priority: number;
  readonly counts: Counts;
}

/**
 * Counts a body of `/v0.4/traces`: an array of chunks, which are arrays of spans.
 *
 * Spans are those that are kept; requests are all server spans, because dd-trace has its agent count the traces that it then throws away.
 */
export function countDatadog(body: Buffer): Map<string, Counts> {
  const byService = new Map<string, Counts>();
  const reader = new MsgpackReader(body);
  for (let chunks = reader.array(); chunks > 0; chunks--) {
    const { service, priority, counts } = readChunk(reader);
    if (priority <= 0) Object.assign(counts, { spans: 0, serverSpans: 0, clientSpans: 0, serverAttributes: 0 });
    const known = byService.get(service);
    byService.set(service, known === undefined ? counts : sumCounts(known, counts));
  }
  if (!reader.atEnd) throw new Error("Bytes follow the last trace.");
  return byService;
}

function readChunk(reader: MsgpackReader): Chunk {
  const chunk: Chunk = {
    service: "",
    priority: 1,
    counts: { spans: 0, serverSpans: 0, clientSpans: 0, serverAttributes: 0, requests: 0 },
  };
  const spans = reader.array();
  for (let i = 0; i < spans; i++) readSpan(reader, chunk, i === 0);
  return chunk;
}

function readSpan(reader: MsgpackReader, chunk: Chunk, isFirst: boolean): void {
  let type = "";
  let kind = "";
  let attributes = 0;
  for (let fields = reader.map(); fields > 0; fields--) {
    const field = reader.text();
    if (field === "service" && isFirst) chunk.service = reader.text();
    else if (field === "type") type = reader.text();
    else if (field === "meta") {
      for (let entries = reader.map(); entries > 0; entries--, attributes++) {
        if (reader.text() === "span.kind") kind = reader.text();
        else reader.skip();
      }
    } else if (field === "metrics") {
      for (let entries = reader.map(); entries > 0; entries--, attributes++) {
        const name = reader.text();
        const value = reader.number();
        if (isFirst && name === "_sampling_priority_v1") chunk.priority = value;
      }
    } else reader.skip();
  }
  chunk.counts.spans++;
  // A connection that is opened for a call is a client span too, without this type.
  if (kind === "client" && type === "http") chunk.counts.clientSpans++;
  if (kind !== "server") return;
  chunk.counts.serverSpans++;
  chunk.counts.serverAttributes += attributes;
  chunk.counts.requests = (chunk.counts.requests ?? 0) + 1;
}
