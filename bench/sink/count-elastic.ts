import type { Counts } from "./counts.ts";

// What is read of an event. Each line is one, under the name of its kind.
interface IntakeEvent {
  readonly metadata?: { readonly service?: { readonly name?: string } };
  readonly transaction?: { readonly type?: string; readonly sampled?: boolean; readonly context?: object };
  readonly span?: { readonly type?: string; readonly subtype?: string };
}

/** Counts a body of `/intake/v2/events`: a line of JSON each for the metadata, which come first, and for every transaction, span, error and set of metrics. */
export function countElastic(body: Buffer): Map<string, Counts> {
  let service: string | undefined;
  const counts: Counts = { spans: 0, serverSpans: 0, clientSpans: 0, serverAttributes: 0, requests: undefined };
  for (const line of body.toString("utf8").split("\n")) {
    if (line === "") continue;
    const { metadata, transaction, span } = JSON.parse(line) as IntakeEvent;
    if (metadata !== undefined) service = metadata.service?.name;
    if (span !== undefined) {
      counts.spans++;
      if (span.type === "external" && span.subtype === "http") counts.clientSpans++;
    }
    if (transaction?.sampled === true) {
      counts.spans++;
      if (transaction.type !== "request") continue;
      counts.serverSpans++;
      counts.serverAttributes += leaves(transaction.context);
    }
  }
  if (service === undefined) throw new Error("No metadata name the service.");
  return new Map([[service, counts]]);
}

/** Values of the tree that a transaction tells of its request in: what other peers have as attributes. */
function leaves(tree: unknown): number {
  if (typeof tree !== "object" || tree === null) return tree === undefined ? 0 : 1;
  return Object.values(tree).reduce((sum: number, branch) => sum + leaves(branch), 0);
}
