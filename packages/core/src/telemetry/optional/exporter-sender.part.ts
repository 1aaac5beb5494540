import { producedResource, type ProducedResource, type Resource } from "../../model/resource.ts";
import type { SpanExporter } from "../../model/span-processor.ts";
import { ConsoleExporter } from "../../otlp/console-exporter.ts";
import { ExporterSender, type ExporterSenderSettings } from "../../otlp/exporter-sender.ts";
import { startTimer } from "../../pipeline/time/timers.ts";
import type { Sender } from "../../pipeline/transport/sender.ts";

/** Exporters group by the object; bodies of a spool may come from a process before this one. */
const maxResources = 20;

/** Sends through an exporter of the user's. */
export function exporterSender(settings: Pick<ExporterSenderSettings, "exporter" | "name" | "timeoutMs">): Sender {
  const resources = new Map<string, ProducedResource>();
  return new ExporterSender({
    ...settings,
    makeResource(attributes) {
      const key = JSON.stringify(attributes);
      const known = resources.get(key);
      if (known !== undefined) return known;
      if (resources.size >= maxResources) resources.clear();
      const made = producedResource({ attributes: attributes as Resource["attributes"] });
      resources.set(key, made);
      return made;
    },
    startTimer,
  });
}

/** Prints spans to standard output. */
export function consoleExporter(): SpanExporter {
  return new ConsoleExporter((text) => void process.stdout.write(text));
}
