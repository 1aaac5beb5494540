import { endpointCheck } from "../settle/endpoint.ts";
import type { OptionGroup } from "./option-entry.ts";
import { headerRecord } from "../validate/record-checks.ts";
import * as checks from "../validate/checks.ts";
import type { BatchOptions, OtlpOptions, QueueOptions, ShutdownOptions } from "./telemetry-options.ts";

export const otlpGroup: OptionGroup<OtlpOptions> = {
  description: "How the collector is reached.",
  options: {
    endpoint: {
      check: endpointCheck,
      default: "http://localhost:4318",
      defaultText: "http://localhost:4318, with grpc http://localhost:4317",
      description: "The collector's address; v1/traces and v1/metrics are added to its path.",
    },
    tracesEndpoint: {
      check: endpointCheck,
      default: undefined,
      defaultText: "the endpoint with v1/traces",
      description: "The whole address for traces, used as it is.",
    },
    metricsEndpoint: {
      check: endpointCheck,
      default: undefined,
      defaultText: "the endpoint with v1/metrics",
      description: "The whole address for metrics, used as it is.",
    },
    protocol: {
      check: checks.oneOf("http/protobuf", "grpc"),
      default: "http/protobuf",
      description: "How it is spoken to.",
    },
    certificate: {
      check: checks.text,
      default: undefined,
      defaultText: "Node's list",
      description: "The authority whose certificates are trusted: PEM text, or the path of a PEM file.",
    },
    clientCertificate: {
      check: checks.text,
      default: undefined,
      defaultText: "none",
      description: "The certificate shown to the collector: PEM text, or the path of a PEM file.",
    },
    clientKey: {
      check: checks.text,
      default: undefined,
      defaultText: "none",
      description: "The private key of that certificate: PEM text, or the path of a PEM file.",
    },
    headers: { check: headerRecord, default: {}, description: "Headers of every export, such as a token." },
    compression: {
      check: checks.oneOf("gzip", "none"),
      default: "gzip",
      description: "Whether bodies are compressed.",
    },
    gzipLevel: { check: checks.integer(1, 9), default: 3, description: "How hard gzip tries, from 1 to 9." },
    timeoutMs: {
      check: checks.durationMs(1),
      default: 10_000,
      description: "The longest that one try may take in all, from connecting to the last byte of the answer, in ms.",
    },
    connectTimeoutMs: {
      check: checks.durationMs(1),
      default: 10_000,
      description: "The longest that connecting may take, in ms; it counts within the try's time.",
    },
    connections: {
      check: checks.integer(1, 1_000),
      default: 10,
      description: "At most so many connections to the collector.",
    },
    maxConcurrentExports: {
      check: checks.integer(1, 1_000),
      default: 10,
      description: "At most so many exports under way at once.",
    },
    retry: {
      description: "When an export is tried again.",
      options: {
        attempts: {
          check: checks.integer(1, 100),
          default: 5,
          description: "At most so many tries of a batch, the first counted in.",
        },
        initialMs: {
          check: checks.durationMs(1),
          default: 500,
          description: "The wait before the second try, in ms; it doubles with each, with jitter.",
        },
        maxMs: {
          check: checks.durationMs(1),
          default: 5_000,
          description: "The longest wait between two tries, in ms.",
        },
        totalMs: {
          check: checks.durationMs(1),
          default: 30_000,
          description: "The longest that all tries of a batch may take, in ms.",
        },
      },
    },
  },
};

export const queueGroup: OptionGroup<QueueOptions> = {
  description: "What waits to be sent.",
  options: {
    maxSpans: {
      check: checks.count(1),
      default: 15_000,
      defaultText: "15000, 5000 or 1000 by environment",
      description: "At most so many spans; a batch must fit.",
    },
    maxBytes: { check: checks.count(1_024), default: 16_777_216, description: "At most so many bytes." },
    overflow: {
      check: checks.oneOf("drop-oldest", "drop-newest", "spill", "block"),
      default: "drop-oldest",
      description: "What happens when it is full.",
    },
    warningRatio: {
      check: checks.number(0, 1),
      default: 0.8,
      description: "From this share of a queue on a line warns, from 0 to 1.",
    },
    maxBlockMs: {
      check: checks.durationMs(1),
      default: 500,
      description: "The longest that `block` holds a request, in ms.",
    },
  },
};

export const batchGroup: OptionGroup<BatchOptions> = {
  description: "What is sent at once.",
  options: {
    maxSpans: {
      check: checks.count(1),
      default: 512,
      description: "A batch leaves when it has so many spans; at most the queue.",
    },
    maxBytes: {
      check: checks.count(1_024),
      default: 1_048_576,
      description: "A batch leaves when it has so many bytes; at most the queue.",
    },
    delayMs: {
      check: checks.durationMs(0),
      default: 5_000,
      defaultText: "5000, 5000 or 1000 by environment",
      description: "A batch leaves when its oldest span has waited so long, in ms.",
    },
  },
};

export const shutdownGroup: OptionGroup<ShutdownOptions> = {
  description: "What happens when the process ends.",
  options: {
    signals: {
      check: checks.boolean,
      default: true,
      description:
        "Whether SIGTERM and SIGINT close the servers, send what is left and end the process, when nobody else listens to them.",
    },
    deadlineMs: {
      check: checks.durationMs(1),
      default: 5_000,
      description: "The longest that ending may take, in ms.",
    },
  },
};
