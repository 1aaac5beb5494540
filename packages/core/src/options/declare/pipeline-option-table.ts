import type { ExporterName } from "../../model/exporter-name.ts";
import type { SpanExporter } from "../../model/span-processor.ts";
import { anyOf } from "./json-schema.ts";
import { OptionError, wrongValue } from "../option-error.ts";
import type { OptionGroup } from "./option-entry.ts";
import { quoteValue } from "../validate/quote-value.ts";
import * as checks from "../validate/checks.ts";
import type { Check } from "../validate/checks.ts";
import type {
  BreakerOptions,
  DynamicBatchOptions,
  ErrorsLaneOptions,
  JobsLaneOptions,
  SpoolOptions,
} from "./telemetry-options.ts";

const spanExporter = checks.having<SpanExporter>("export", "shutdown");
const oneExporter: Check<ExporterName | SpanExporter> = checks.either<ExporterName, SpanExporter>(
  checks.oneOf("otlp", "console", "none"),
  spanExporter,
);
const exporterList = checks.listOf(oneExporter, 10);

/** One exporter, or a list of which each is used while those before it are held back by their breakers. */
export const exporterRule: Check<ExporterName | SpanExporter | readonly (ExporterName | SpanExporter)[]> = {
  type: '"otlp" | "console" | "none" | SpanExporter | list',
  expectation: `${oneExporter.expectation}, or a list of them`,
  schema: anyOf(
    oneExporter.schema,
    oneExporter.schema && { type: "array", items: oneExporter.schema, minItems: 1, maxItems: 10 },
  ),
  validate(value, name) {
    if (!Array.isArray(value)) {
      try {
        return oneExporter.validate(value, name);
      } catch {
        // Said again, with the list among what is possible.
        throw wrongValue(name, this.expectation, quoteValue(value));
      }
    }
    const list = exporterList.validate(value, name);
    if (list.length === 0) throw new OptionError(name, `Option "${name}" is an empty list: say "none".`);
    if (list.length > 1 && list.includes("none")) {
      throw new OptionError(name, `Option "${name}" has "none" beside others: it must stand alone.`);
    }
    if (new Set(list).size < list.length) throw new OptionError(name, `Option "${name}" names an exporter twice.`);
    return list;
  },
};

function laneGroup(
  description: string,
  maxSpans: number,
  delayMs: number,
): OptionGroup<ErrorsLaneOptions & JobsLaneOptions> {
  return {
    description,
    options: {
      maxSpans: { check: checks.count(1), default: maxSpans, description: "At most so many spans." },
      delayMs: {
        check: checks.durationMs(0),
        default: delayMs,
        description: "A batch leaves when its oldest span has waited so long, in ms.",
      },
    },
  };
}

export const errorsLaneGroup: OptionGroup<ErrorsLaneOptions> = laneGroup(
  "What waits of failed requests: they have a lane of their own, which is served first.",
  1_000,
  1_000,
);
export const jobsLaneGroup: OptionGroup<JobsLaneOptions> = laneGroup(
  "What waits of routes and spans that name the lane `jobs`: few large batches.",
  4_500,
  60_000,
);

export const dynamicBatchGroup: OptionGroup<DynamicBatchOptions> = {
  description: "Lets size and delay of batches move with the traffic.",
  options: {
    enabled: {
      check: checks.boolean,
      default: false,
      description: "Whether they move; `batch.maxSpans` and `batch.delayMs` have no effect then.",
    },
    minSpans: {
      check: checks.count(1),
      default: 128,
      description: "The size of a batch where there is little traffic.",
    },
    maxSpans: { check: checks.count(1), default: 4_096, description: "The size of a batch where there is much." },
    minDelayMs: {
      check: checks.durationMs(1),
      default: 1_000,
      description: "The delay where there is much traffic, in ms.",
    },
    maxDelayMs: {
      check: checks.durationMs(1),
      default: 10_000,
      description: "The delay where there is little, in ms.",
    },
    targetUse: {
      check: checks.number(0.05, 1),
      default: 0.7,
      description: "How full a batch is meant to be when its delay is over, from 0.05 to 1.",
    },
  },
};

export const breakerGroup: OptionGroup<BreakerOptions> = {
  description: "When sending to an exporter that keeps failing stops for a while.",
  options: {
    enabled: { check: checks.boolean, default: true, description: "Whether it ever stops." },
    failures: {
      check: checks.integer(1, 1_000),
      default: 5,
      description: "It stops after so many failed tries in a row.",
    },
    ratio: {
      check: checks.number(0.01, 1),
      default: 0.5,
      description: "It stops when this share of the tries of the last window failed, from 0.01 to 1.",
    },
    windowMs: { check: checks.durationMs(10), default: 10_000, description: "The length of that window, in ms." },
    minCalls: {
      check: checks.count(1),
      default: 10,
      description: "The ratio counts only with so many tries in the window.",
    },
    openMs: {
      check: checks.durationMs(0),
      default: 60_000,
      description: "How long nothing is sent, in ms, a fifth more or less by chance.",
    },
    trials: {
      check: checks.integer(1, 1_000),
      default: 10,
      description: "At most so many trial sendings after that, one at a time.",
    },
    goodTrials: {
      check: checks.integer(1, 1_000),
      default: 3,
      description: "So many good ones among them, and all is sent again.",
    },
  },
};

export const spoolGroup: OptionGroup<SpoolOptions> = {
  description: "The files of the fallback `file`.",
  options: {
    directory: {
      check: checks.text,
      default: undefined,
      defaultText:
        "the service's name in a folder of this user's, gossamer-spool-…, where the system keeps temporary files",
      description: "Where they are, one directory for each service.",
    },
    maxBytes: { check: checks.count(65_536), default: 67_108_864, description: "At most so many bytes of disk." },
    maxAgeMs: {
      check: checks.number(1_000, Number.MAX_VALUE),
      default: 86_400_000,
      description: "What waited for longer is not sent any more, in ms.",
    },
  },
};
