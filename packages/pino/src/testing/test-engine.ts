import {
  createTelemetry,
  type RequestReader,
  type Route,
  type TelemetryEngine,
  type TelemetryOptions,
} from "@gossamer/core";
import { nodeReader } from "@gossamer/core/adapter";

/** An engine that samples everything and sends nothing. */
export function testEngine(options: TelemetryOptions = {}): TelemetryEngine {
  return createTelemetry({
    serviceName: "shop",
    serviceVersion: "1.2.3",
    environment: "test",
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
    ...(options.sampler === undefined ? { sampleRatio: 1 } : {}),
    ...options,
  });
}

export interface FakeRequest {
  method?: string;
  target?: string;
  headers?: Record<string, string>;
  route?: Route | undefined;
}

export const fakeReader: RequestReader<FakeRequest> = {
  method: ({ method }) => method ?? "GET",
  target: ({ target }) => target ?? "/orders/7?token=secret",
  scheme: () => "http",
  header: ({ headers }, name) => headers?.[name],
  clientAddress: () => "192.0.2.1",
  peerAddress: () => "192.0.2.9",
  peerPort: () => 4711,
  httpVersion: () => "1.1",
  route: ({ route }) => route,
  routeOptionsInUse: nodeReader.routeOptionsInUse,
};

/** The same, in a service whose sampling looks at routes. */
export const waitingReader: RequestReader<FakeRequest> = {
  ...fakeReader,
  routeOptionsInUse: { sampling: true, stream: false },
};
