export interface SidebarPage {
  readonly text: string;
  readonly link: string;
}

export interface SidebarGroup {
  readonly text: string;
  readonly items: readonly SidebarPage[];
}

const page = (text: string, name: string): SidebarPage => ({ text, link: `/${name}` });

/** The map of the site: every page once. */
export const sidebar: readonly SidebarGroup[] = [
  {
    text: "Guide",
    items: [
      page("Getting started", ""),
      page("Express", "express"),
      page("Fastify", "fastify"),
      page("NestJS", "nest"),
      page("Sampling", "sampling"),
      page("Logs", "logging"),
      page("Metrics", "metrics"),
      page("Naming operations", "operations"),
      page("Beside OpenTelemetry", "beside-opentelemetry"),
      page("Behind a proxy", "proxies"),
      page("Containers", "containers"),
      page("Kubernetes", "kubernetes"),
      page("Serverless functions", "serverless"),
      page("Testing", "testing"),
      page("Shutdown", "ending"),
      page("Measuring the cost", "measuring"),
    ],
  },
  {
    text: "Reference",
    items: [
      page("Configuration", "configuration"),
      page("Options", "options"),
      page("Presets and defaults", "presets"),
      page("Every metric", "metrics-reference"),
      page("Codes of errors and log lines", "codes"),
      page("Limits, filters and sizes", "limits"),
      page("Using parts on their own", "parts"),
      page("Known limits", "known-limits"),
    ],
  },
  {
    text: "Operations",
    items: [
      page("Export pipeline: faults", "pipeline"),
      page("The dev page", "devpage"),
      page("Overhead and governor", "overhead"),
      page("The OpenTelemetry Collector", "collector"),
      page("Dashboards and alerts", "dashboards"),
      page("Central control", "central-control"),
      page("Trace tickets", "tickets"),
      page("Profiles on demand", "profiles"),
    ],
  },
  {
    text: "Coming from",
    items: [page("Migrating from other tools", "coming-from")],
  },
  {
    text: "Internals",
    items: [
      page("Architecture", "architecture"),
      page("Decisions", "decisions"),
      page("Measured cost", "cost"),
      page("Performance", "performance"),
      page("Soak test results", "soak"),
      page("Promises", "promises"),
    ],
  },
];
