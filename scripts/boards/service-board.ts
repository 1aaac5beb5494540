import type { Board } from "./board.ts";
import { histogramRateOf, quantileOf, rateOf, valueOf } from "./series-of.ts";

const duration = "http.server.request.duration";
const failed = 'http_response_status_group="5xx"';

/** What a service does: rate, errors and durations of its requests, and what its process needs for them. */
export const serviceBoard: Board = {
  name: "service",
  title: "Service",
  description:
    "Requests of services that Gossamer observes: how many, how many fail, how long they take. Counted exactly, whatever is sampled.",
  rows: [
    {
      title: "Requests",
      panels: [
        {
          title: "Requests by status",
          description: "Requests a second by group of status. One without an answer has none.",
          unit: "reqps",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (http_response_status_group) (${histogramRateOf(duration, "count")})`,
              legend: "{{http_response_status_group}}",
            },
          ],
        },
        {
          title: "Share that fails",
          description:
            "Of all requests, those that the service answers with 5xx. Look at errors by type below, then at the traces.",
          unit: "percentunit",
          queries: [
            {
              expression: `(sum(${histogramRateOf(duration, "count", failed)}) or vector(0)) / sum(${histogramRateOf(duration, "count")})`,
              legend: "5xx",
            },
          ],
        },
        {
          title: "Duration",
          description:
            "Half, 95 % and 99 % of requests are no longer than that. The dots are exemplars: each leads to a trace.",
          unit: "s",
          queries: [0.5, 0.95, 0.99].map((q) => ({ expression: quantileOf(q, duration), legend: `p${q * 100}` })),
        },
        {
          title: "Durations over time",
          description:
            "How many requests took how long. A second band is a second kind of request, or a cache that is cold.",
          unit: "s",
          kind: "heatmap",
          queries: [{ expression: `sum by (le) (${histogramRateOf(duration, "bucket")})`, legend: "{{le}}" }],
        },
      ],
    },
    {
      title: "Routes",
      panels: [
        {
          title: "Requests by route",
          description: "The ten routes that are asked most.",
          unit: "reqps",
          queries: [
            {
              expression: `topk(10, sum by (http_request_method, http_route) (${histogramRateOf(duration, "count")}))`,
              legend: "{{http_request_method}} {{http_route}}",
            },
          ],
        },
        {
          title: "p95 by route",
          description: "The ten routes that take longest.",
          unit: "s",
          queries: [
            {
              expression: `topk(10, ${quantileOf(0.95, duration, "http_request_method, http_route")})`,
              legend: "{{http_request_method}} {{http_route}}",
            },
          ],
        },
        {
          title: "Errors by type",
          description: "What handlers threw, or the status where they threw nothing.",
          unit: "reqps",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (http_route, error_type) (${histogramRateOf(duration, "count", 'error_type!=""')})`,
              legend: "{{http_route}} {{error_type}}",
            },
          ],
          answersAfter: "a request failed",
        },
        {
          title: "Requests whose client left",
          description:
            "Clients that went away before the whole answer was handed over: they, or what stands between, lost patience.",
          unit: "reqps",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (http_route) (${rateOf("gossamer.http.server.aborted_requests")})`,
              legend: "{{http_route}}",
            },
          ],
          answersAfter: "a client left",
        },
        {
          title: "Requests under way",
          description: "It rises when answers take longer, and falls to zero when nobody asks.",
          unit: "short",
          queries: [
            {
              expression: `sum by (http_request_method) (${valueOf("http.server.active_requests")})`,
              legend: "{{http_request_method}}",
            },
          ],
        },
        {
          title: "Streams: how long they live",
          description: "Half and 95 % of streamed responses end within that. They are in no other duration.",
          unit: "s",
          queries: [0.5, 0.95].map((q) => ({
            expression: quantileOf(q, "gossamer.http.server.stream.duration"),
            legend: `p${q * 100}`,
          })),
          answersAfter: "a streamed response ended",
        },
      ],
    },
    {
      title: "Process (option processMetrics)",
      panels: [
        {
          title: "CPU",
          description: "CPUs that the process keeps busy.",
          unit: "short",
          kind: "stacked",
          queries: [{ expression: `sum by (cpu_mode) (${rateOf("process.cpu.time")})`, legend: "{{cpu_mode}}" }],
        },
        {
          title: "Memory",
          description: "Resident memory, and what of the heap is in use.",
          unit: "bytes",
          queries: [
            { expression: `sum by (instance) (${valueOf("process.memory.usage")})`, legend: "resident {{instance}}" },
            { expression: `sum by (instance) (${valueOf("v8js.memory.heap.used")})`, legend: "heap {{instance}}" },
          ],
        },
        {
          title: "Event loop",
          description: "The share of the time that the loop works. Above 80 % requests wait for each other.",
          unit: "percentunit",
          queries: [
            { expression: `max by (instance) (${valueOf("nodejs.eventloop.utilization")})`, legend: "{{instance}}" },
          ],
        },
        {
          title: "Garbage collection",
          description: "The share of the time that collections take, by type.",
          unit: "percentunit",
          kind: "stacked",
          queries: [
            {
              expression: `sum by (v8js_gc_type) (${histogramRateOf("v8js.gc.duration", "sum")})`,
              legend: "{{v8js_gc_type}}",
            },
          ],
        },
      ],
    },
  ],
};
