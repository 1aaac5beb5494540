import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import { startOtlpReceiver } from "@gossamer/testing";
import { lastLine, runNode } from "../package/consumers.ts";
import { createFakePostgres } from "./fake-postgres.ts";
import { createFakeRedis } from "./fake-redis.ts";
import type { SdkLine } from "./lines.ts";

/** How Gossamer and the rest of OpenTelemetry share the service. */
export const modes = ["alone", "incoming", "before", "guest", "always", "beside", "after"] as const;
export type Mode = (typeof modes)[number];

/** A span of either provider. */
export interface AnySpan {
  readonly name: string;
  /** As OTLP counts: 2 is server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly scope: { readonly name: string };
  readonly events: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
}

export interface ServiceRun {
  /** What arrived by our export. */
  readonly ours: readonly AnySpan[];
  /** What the other SDK's exporter got. */
  readonly theirs: readonly AnySpan[];
  /** The lines that Gossamer said. */
  readonly lines: readonly string[];
  readonly answers: readonly string[];
  /** `[route, status group, count]` of each series. */
  readonly counts: readonly (readonly [string, string, number])[];
  /** How many metrics more have the name of the durations. */
  readonly doubles: number;
  readonly faults: Readonly<Record<string, number>>;
  /** The headers of the calls that reached the upstream service, by path. */
  readonly calls: ReadonlyMap<string, IncomingHttpHeaders>;
  /** The ports of the collector and of the upstream. */
  readonly collectorPort: string;
}

/** The ports of databases to use. */
export interface Databases {
  readonly postgresPort: number;
  readonly redisPort: number;
}

/** Runs the service of a line in a mode, and answers all that was seen. Without databases it calls fakes of ours, which need nothing installed. */
export async function runService(
  line: SdkLine,
  folder: string,
  mode: Mode,
  databases?: Databases,
): Promise<ServiceRun> {
  const calls = new Map<string, IncomingHttpHeaders>();
  const upstream = createServer((request, response) => {
    calls.set(request.url ?? "", request.headers);
    response.end("upstream");
  });
  const servers: (Server | NetServer)[] = [upstream, createFakePostgres(), createFakeRedis()];
  const receiver = await startOtlpReceiver();
  const [upstreamPort, postgresPort, redisPort] = await Promise.all(servers.map(listen));
  try {
    const settings = {
      mode,
      sdk: line.sdk,
      upstream: `http://127.0.0.1:${upstreamPort}`,
      postgresPort: databases?.postgresPort ?? postgresPort,
      redisPort: databases?.redisPort ?? redisPort,
    };
    const ended = await runNode(["service.cjs", JSON.stringify(settings)], { cwd: folder, endpoint: receiver.url });
    const report = lastLine(ended) as Omit<ServiceRun, "ours" | "calls" | "collectorPort">;
    return { ...report, ours: receiver.spans as readonly AnySpan[], calls, collectorPort: new URL(receiver.url).port };
  } finally {
    for (const server of servers) server.close();
    await receiver.close();
  }
}

async function listen(server: Server | NetServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
