import { Metadata, Server, ServerCredentials, status, type ServiceError } from "@grpc/grpc-js";
import {
  decodeLogsRequest,
  decodeMetricsRequest,
  decodeTraceRequest,
  type ReceivedLog,
  type ReceivedPoint,
  type ReceivedSpan,
} from "@gossamer/testing";

export { Metadata, status };

/** A collector made of grpc-js, none of which is ours. */
export interface GrpcCollector {
  readonly url: string;
  readonly port: number;
  readonly spans: ReceivedSpan[];
  readonly points: ReceivedPoint[];
  readonly logs: ReceivedLog[];
  calls: number;
  /** Asked before each call of traces; an error is the answer, and nothing was taken. */
  refuse: (bytes: number) => Partial<ServiceError> | undefined;
  stop(): Promise<void>;
}

type Unary = (
  call: { readonly request: Buffer },
  answer: (error: Partial<ServiceError> | null, message?: Buffer) => void,
) => void;

const pass = (bytes: Buffer): Buffer => bytes;
const definition = (path: string): object => ({
  Export: {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: pass,
    requestDeserialize: pass,
    responseSerialize: pass,
    responseDeserialize: pass,
  },
});

export async function startGrpcCollector(port = 0, maxBytes = 4 * 1024 * 1024): Promise<GrpcCollector> {
  const server = new Server({ "grpc.max_receive_message_length": maxBytes });
  const exportTraces: Unary = ({ request }, answer) => {
    collector.calls++;
    const error = collector.refuse(request.length);
    if (error !== undefined) return answer(error);
    collector.spans.push(...decodeTraceRequest(request));
    answer(null, Buffer.alloc(0));
  };
  const exportMetrics: Unary = ({ request }, answer) => {
    collector.points.push(...decodeMetricsRequest(request));
    answer(null, Buffer.alloc(0));
  };
  const exportLogs: Unary = ({ request }, answer) => {
    collector.logs.push(...decodeLogsRequest(request));
    answer(null, Buffer.alloc(0));
  };
  const add = (path: string, Export: Unary): void => {
    server.addService(definition(path) as Parameters<Server["addService"]>[0], { Export } as never);
  };
  add("/opentelemetry.proto.collector.trace.v1.TraceService/Export", exportTraces);
  add("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", exportMetrics);
  add("/opentelemetry.proto.collector.logs.v1.LogsService/Export", exportLogs);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) => {
      if (error === null) resolve(at);
      else reject(error);
    });
  });
  const collector: GrpcCollector = {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    spans: [],
    points: [],
    logs: [],
    calls: 0,
    refuse: () => undefined,
    stop: async () => server.forceShutdown(),
  };
  return collector;
}
