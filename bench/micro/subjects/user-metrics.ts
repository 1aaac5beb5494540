import type { Meter } from "@opentelemetry/api";
import type { RunningSubject, Subject } from "../../harness/subject.ts";

/** What is recorded, and how. */
export type Recording = "bound counter" | "bound histogram" | "counter" | "histogram" | "nothing";

/** As many routes as a small service has. */
const routes = Array.from({ length: 16 }, (_, i) => `/orders/${i}`);

/** The service's own metrics, by our meter: with three attributes, in a new object each time, or bound. Outside of any request. */
export function gossamerMetrics(recording: Recording): Subject {
  return {
    name: `Gossamer ${recording}`,
    packages: ["@gossamer/core"],
    async setup() {
      const { bindInstrument, createTelemetry } = await import("@gossamer/core");
      const engine = createTelemetry({ exporter: "none", shutdown: { signals: false }, diagnostics: "none" });
      const meter = engine.meterProvider.getMeter("orders");
      const attributes = attributesOf(0);
      if (recording === "bound counter") {
        const bound = bindInstrument(meter.createCounter("orders"), attributes);
        return each((i) => bound.add(i & 1));
      }
      if (recording === "bound histogram") {
        const bound = bindInstrument(meter.createHistogram("duration"), attributes);
        return each((i) => bound.record(i & 1023));
      }
      return recorded(meter, recording);
    },
  };
}

/** The same by the SDK, with a reader that never collects. */
export function openTelemetryMetrics(recording: "counter" | "histogram"): Subject {
  return {
    name: `OpenTelemetry ${recording}`,
    packages: ["@opentelemetry/sdk-metrics"],
    async setup() {
      const { MeterProvider, MetricReader } = await import("@opentelemetry/sdk-metrics");
      class IdleReader extends MetricReader {
        protected override async onForceFlush(): Promise<void> {}
        protected override async onShutdown(): Promise<void> {}
      }
      return recorded(new MeterProvider({ readers: [new IdleReader()] }).getMeter("orders"), recording);
    },
  };
}

function recorded(meter: Meter, recording: Recording): RunningSubject {
  if (recording === "counter") {
    const counter = meter.createCounter("orders");
    return each((i) => counter.add(i & 1, attributesOf(i)));
  }
  if (recording === "histogram") {
    const histogram = meter.createHistogram("duration");
    return each((i) => histogram.record(i & 1023, attributesOf(i)));
  }
  return each(() => {});
}

function attributesOf(i: number): { method: string; route: string; status: number } {
  return { method: "GET", route: routes[i & 15]!, status: 200 };
}

function each(step: (i: number) => void): RunningSubject {
  return {
    async run(times) {
      for (let i = 0; i < times; i++) step(i);
    },
  };
}
