import { createRequire } from "node:module";
import {
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  trace,
  type ContextManager,
  type TextMapPropagator,
} from "@opentelemetry/api";
import type { RunningSubject } from "../../harness/subject.ts";
import type { Side } from "./pieces.ts";

/** What a request from another service brings. */
const carrier: Readonly<Record<string, string>> = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "ot=th:c;rv:8448eb211c8031,vendor=t61rcWkgMzE",
  baggage: "tenant=acme,plan=gold;source=crm",
};

/** The same calls of the API on both sides, with what each registers behind it. */
export async function apiWork(work: "context" | "extract", side: Side, serviceName: string): Promise<RunningSubject> {
  if (side === "Gossamer") await registerOurs(serviceName);
  else registerTheirs();
  return work === "context" ? runInContext() : extract();
}

async function registerOurs(serviceName: string): Promise<void> {
  const { createTelemetry } = await import("@gossamer/core");
  createTelemetry({
    serviceName,
    register: "always",
    metrics: false,
    exporter: "none",
    shutdown: { signals: false },
    diagnostics: "none",
  });
}

/** What sdk-node registers, without the rest of it. */
function registerTheirs(): void {
  const require = createRequire(import.meta.url);
  const fromSdk = createRequire(require.resolve("@opentelemetry/sdk-node"));
  const { AsyncLocalStorageContextManager } = fromSdk("@opentelemetry/context-async-hooks") as {
    AsyncLocalStorageContextManager: new () => ContextManager;
  };
  const { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } = fromSdk("@opentelemetry/core") as {
    CompositePropagator: new (config: { propagators: TextMapPropagator[] }) => TextMapPropagator;
    W3CBaggagePropagator: new () => TextMapPropagator;
    W3CTraceContextPropagator: new () => TextMapPropagator;
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
}

function runInContext(): RunningSubject {
  const key = createContextKey("order");
  const wanted = ROOT_CONTEXT.setValue(key, 7);
  let runs = 0;
  const inside = (): void => {
    // An active context that is another would count nothing.
    if (context.active().getValue(key) === 7) runs++;
  };
  return {
    async run(times) {
      for (let i = 0; i < times; i++) context.with(wanted, inside);
    },
    counted: () => runs,
  };
}

function extract(): RunningSubject {
  let extracted = 0;
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        const found = propagation.extract(ROOT_CONTEXT, carrier);
        const parent = trace.getSpanContext(found);
        const plan = propagation.getBaggage(found)?.getEntry("plan");
        // All three are read, so that nobody gains by putting it off.
        if (parent?.isRemote === true && parent.traceState?.get("vendor") !== undefined && plan?.value === "gold")
          extracted++;
      }
    },
    counted: () => extracted,
  };
}
