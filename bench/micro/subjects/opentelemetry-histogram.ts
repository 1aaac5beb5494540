import type { Subject } from "../../harness/subject.ts";

/** One `histogram.record` of a request's duration, with the attributes that the exchange's histogram has too. */
const subject: Subject = {
  name: "OpenTelemetry histogram record",
  packages: ["@opentelemetry/sdk-metrics"],
  async setup() {
    const { MeterProvider, MetricReader } = await import("@opentelemetry/sdk-metrics");
    class IdleReader extends MetricReader {
      protected override async onForceFlush(): Promise<void> {}
      protected override async onShutdown(): Promise<void> {}
    }
    const histogram = new MeterProvider({ readers: [new IdleReader()] })
      .getMeter("orders")
      .createHistogram("http.server.request.duration", {
        unit: "s",
        advice: {
          explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        },
      });
    return {
      async run(times) {
        for (let i = 0; i < times; i++) {
          histogram.record((i & 1023) / 1000, {
            "http.request.method": "GET",
            "url.scheme": "http",
            "http.route": "/orders/:id",
            "http.response.status_group": "2xx",
          });
        }
      },
    };
  },
};

export default subject;
