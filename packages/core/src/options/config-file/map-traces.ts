import type { SignalVariables } from "../variables/variable-reading.ts";
import type { SamplerVariables } from "../variables/sampler-variables.ts";
import type { ConfigLayer } from "./config-layer.ts";
import type { ConfigNode } from "./config-node.ts";
import { mapExporter, noExport } from "./map-exporter.ts";
import { mapSampler } from "./map-sampler.ts";

export interface MappedTraces {
  readonly signal: SignalVariables;
  readonly sampler: SamplerVariables | undefined;
}

/** The tracer provider: its first processor with an exporter that is built in, limits and sampler. Without one nothing is traced, as the schema says. */
export function mapTraces(node: ConfigNode | undefined, layer: ConfigLayer): MappedTraces {
  layer.put("traces", node !== undefined, "tracer_provider");
  if (node === undefined) return { signal: noExport, sampler: undefined };
  const signal = mapProcessors(node, layer, "traces");
  mapLimits(node.node("limits"), layer);
  const sampler = mapSampler(node.node("sampler"), layer);
  const ids = node.node("id_generator");
  ids?.has("random");
  ids?.end();
  node.end();
  return { signal, sampler };
}

/** The logger provider: where log records leave, and when. Its limits are those of spans here. */
export function mapLogs(node: ConfigNode | undefined, layer: ConfigLayer): SignalVariables {
  if (node === undefined) return noExport;
  const signal = mapProcessors(node, layer, "logs");
  node.passOver("limits");
  node.end();
  return signal;
}

/** What a batch processor's numbers are as options. */
const batchOptions = {
  traces: {
    schedule_delay: "batch.delayMs",
    export_timeout: "otlp.retry.totalMs",
    max_queue_size: "queue.maxSpans",
    max_export_batch_size: "batch.maxSpans",
  },
  logs: {
    schedule_delay: "logsLane.delayMs",
    export_timeout: "logsLane.totalMs",
    max_queue_size: "logsLane.maxRecords",
    max_export_batch_size: "logsLane.batchRecords",
  },
} as const;

function mapProcessors(node: ConfigNode, layer: ConfigLayer, name: "traces" | "logs"): SignalVariables {
  let found: SignalVariables | undefined;
  for (const processor of node.nodes("processors") ?? []) {
    const batch = processor.node("batch");
    const simple = processor.node("simple");
    const given = batch ?? simple;
    if (given === undefined || found !== undefined) {
      processor.note(processor.place);
      continue;
    }
    for (const [member, option] of Object.entries(batchOptions[name])) {
      // No bound is none that can be given.
      const value = batch?.number(member);
      layer.put(option, member === "export_timeout" && value === 0 ? undefined : value, given.at(member));
    }
    const exporter = given.node("exporter");
    found = exporter && mapExporter(exporter, name, layer);
    if (simple !== undefined && found?.exporter === "otlp") processor.note(`${simple.place} (it is sent in batches)`);
    if (found === undefined) processor.note(processor.place);
    else
      for (const part of [exporter?.node("otlp_http"), exporter?.node("otlp_grpc"), exporter, given, processor])
        part?.end();
  }
  return found ?? noExport;
}

const limitOptions = {
  attribute_value_length_limit: "limits.valueLength",
  attribute_count_limit: "limits.attributes",
  event_count_limit: "limits.events",
  link_count_limit: "limits.links",
  event_attribute_count_limit: "limits.eventAttributes",
  link_attribute_count_limit: "limits.linkAttributes",
} as const;

/** Limits of spans, or general ones, which have fewer members. */
export function mapLimits(node: ConfigNode | undefined, layer: ConfigLayer): void {
  if (node === undefined) return;
  for (const [member, option] of Object.entries(limitOptions)) layer.put(option, node.number(member), node.at(member));
  node.end();
}
