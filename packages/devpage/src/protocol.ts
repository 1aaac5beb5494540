// What the page asks its server and gets. Types and two names alone: the page bundles this file.
//
// The page lies at its mount with a slash behind it, and asks by relative addresses: `fetch("api/state")`, `new EventSource("api/stream")`. All times
// named `at…`, `…At` and `startMs` are milliseconds since 1970, with fractions; all others are durations in what their name ends with.
//
// Assets: the build puts `index.html`, `app.js` and `app.css` into `dist/page/`; the server serves these three and nothing else of it, with an ETag.
// `index.html` names them relatively (`<script type="module" src="app.js">`), as no inline script or style is let through.
//
// | asked for                  | answer                    |
// | `GET api/state`            | `PageState`               |
// | `GET api/heatmap?route=KEY`| `Heatmap`, of all routes without a key |
// | `GET api/traces`           | `{ traces: TraceSummary[] }`, newest first |
// | `GET api/traces/:id`       | `TraceDetail`, 404 if it is not there |
// | `GET api/traces/:id?format=otlp`, `…=markdown` | to be copied: OTLP JSON, Markdown |
// | `GET api/logs?…`           | `LogPage`, by the members of `LogQuery` |
// | `GET api/explain?…`        | `Explained`, by the members of `ExplainQuery` |
// | `GET api/check`            | `CheckView`               |
// | `GET api/stream`           | SSE: the events of `StreamEvents`, by name |
// | `POST api/validate`        | a `SamplingDraft` → `RulesView` as it would be; nothing changes |
// | `POST api/sampling`        | a `SamplingDraft` → `RulesView`; it holds from then on. What holds already is no change |
// | `POST api/dry-run`         | `{ rules }` → `RulesView`; an empty list ends it, and wrong rules leave the one that runs |
// | `POST api/undo`            | `{}` → `RulesView`; takes back the last change of this page, 409 where there is none |
// | `POST api/governor`        | a `GovernorDraft` → `{}`  |
// | `POST api/log-level`       | a `LogLevelDraft` → `LogLevelView[]` |
//
// POST takes `content-type: application/json`, the header `tokenHeader` with the token of `PageState`, and 64 KiB at most. What is refused is a `Refusal`
// with 4xx; wrong options are one with 422 and `option`, members that a body does not have too.
import type {
  DecisionReason,
  DryRunReport,
  Explanation,
  Finding,
  GovernorStep,
  KeepOptions,
  OverheadReport,
  SamplingRule,
  SamplingState,
  SettingsReport,
  TelemetryStatus,
} from "@gossamer/core";

/** Of every POST. */
export const tokenHeader = "x-gossamer-token";
/** The steps of the governor, from all of the telemetry to none. */
export const ladder: readonly GovernorStep[] = ["full", "children", "ratio", "roots", "metrics", "off"];

export type PageLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";
export type PageValue =
  | string
  | number
  | boolean
  | null
  | readonly PageValue[]
  | { readonly [name: string]: PageValue };
export type PageAttributes = Readonly<Record<string, PageValue>>;

/** What the page begins with; all of it is kept true by the stream. */
export interface PageState {
  /** `engine`: of the process it lives in. `otlp`: what others sent; then pipeline, overhead, rules and check are not there. */
  readonly source: "engine" | "otlp";
  /** The service of the engine; of a receiver its own address for OTLP. */
  readonly service: { readonly name: string; readonly version?: string; readonly environment?: string };
  /** Where others may send OTLP to; of a receiver alone. */
  readonly otlpUrl?: string;
  readonly process: { readonly pid: number; readonly node: string; readonly startedAt: number };
  /** Undefined where nothing may be changed: then no POST is taken. */
  readonly token?: string;
  readonly readOnly: boolean;
  readonly snapshot: Snapshot;
  /** Newest last. */
  readonly requests: readonly RequestEntry[];
  /** Newest last, the last 200. */
  readonly changes: readonly ChangeEntry[];
  /** Undefined without an engine. */
  readonly rules?: RulesView;
  readonly logLevels: readonly LogLevelView[];
}

/** Once a second. */
export interface Snapshot {
  readonly at: number;
  /** Most requests first; at most 500, of which the last may be `(others)`. */
  readonly routes: readonly RouteRow[];
  /** The newest column of the heatmap of all routes: it replaces the one with the same `at`. */
  readonly heat: HeatColumn;
  readonly services: readonly string[];
  readonly rings: RingsView;
  readonly process?: ProcessView;
  /** Of a receiver alone. */
  readonly received?: ReceivedView;
  /** Undefined without an engine, as are the three below. */
  readonly pipeline?: PipelineView;
  readonly overhead?: OverheadReport;
  readonly dryRun?: DryRunView;
}

/** One route × method, of all its requests. */
export interface RouteRow {
  /** What `api/heatmap` and filters take. */
  readonly key: string;
  readonly service: string;
  readonly method: string;
  /** The template; undefined for requests that matched none. */
  readonly route?: string;
  /** `query GetUser`, where requests of the route are named. */
  readonly operation?: string;
  /** Of the last 10 s. */
  readonly perSecond: number;
  /** Requests a second of each of the last 60 s, oldest first. */
  readonly spark: readonly number[];
  /** Since the start of the process. */
  readonly total: RouteFigures;
  /** Of the last minute. */
  readonly lastMinute: RouteFigures;
  /** Of the requests that were seen since the page was opened, those with a trace; undefined before the first. */
  readonly keptShare?: number;
  /** Spans a minute that leave for it, and their share of all; of what was seen in the last minute. */
  readonly cost?: { readonly spansPerMinute: number; readonly share: number };
}

export interface RouteFigures {
  readonly count: number;
  readonly byStatus: Readonly<Record<"1xx" | "2xx" | "3xx" | "4xx" | "5xx" | "none", number>>;
  readonly aborted: number;
  /** From the buckets of all requests; undefined where there was none. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
}

export interface Heatmap {
  /** Where a row ends, in ms; there is one row more, for what took longer. */
  readonly boundsMs: readonly number[];
  /** The width of a column. */
  readonly stepMs: number;
  /** Oldest first, 10 minutes at most; what had no request is left out. */
  readonly columns: readonly HeatColumn[];
}

export interface HeatColumn {
  readonly at: number;
  /** Requests by row, from the quickest; one more than there are bounds. */
  readonly counts: readonly number[];
  readonly exemplars: readonly HeatExemplar[];
}

export interface HeatExemplar {
  readonly row: number;
  readonly traceId: string;
  readonly durationMs: number;
}

/** One request that has ended. */
export interface RequestEntry {
  /** Counts up, without gaps but for those that `requests.left` counts. */
  readonly id: number;
  readonly at: number;
  readonly service: string;
  readonly method: string;
  readonly route?: string | undefined;
  readonly operation?: string | undefined;
  /** As the client sent it, without its query: show it as text. */
  readonly path?: string | undefined;
  readonly statusCode?: number | undefined;
  readonly durationMs: number;
  /** The client left, or the answer was cut. */
  readonly aborted: boolean;
  readonly errorType?: string | undefined;
  /** Undefined where nobody asked for one. */
  readonly traceId?: string | undefined;
  /** `sampled`: it has a trace by decision. `kept`: it has one, as it failed, was aborted or slow. `none`: it has none. */
  readonly fate: "sampled" | "kept" | "none";
  /** Why: `ratio`, `rule`, `slow`, `valve`, `restrained`, … */
  readonly reason: DecisionReason;
  readonly rule?: string | undefined;
  readonly ratio?: number | undefined;
}

export interface TraceSummary {
  readonly traceId: string;
  /** Of the first span that is here. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Of the root, or of the first span where the root is not here. */
  readonly name: string;
  readonly services: readonly string[];
  readonly method?: string;
  readonly route?: string;
  readonly statusCode?: number;
  readonly spans: number;
  /** Spans of it that the service dropped as they began, beyond a limit: nobody has them. Those below them are not counted. */
  readonly dropped: number;
  readonly errors: number;
  readonly reason?: DecisionReason;
  readonly findings: number;
  readonly logs: number;
  /** Whether its root is here; else it goes on elsewhere, or its rest was dropped. */
  readonly hasRoot: boolean;
}

export interface TraceDetail {
  readonly summary: TraceSummary;
  /** In the order of the waterfall: parents first, and of siblings the one that began first. */
  readonly spans: readonly SpanView[];
  readonly findings: readonly TraceFinding[];
  readonly logs: readonly LogEntry[];
  /** Spans of it that did not fit on the page. */
  readonly left: number;
}

export interface SpanView {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** Whether the parent is in the trace; a root has none. */
  readonly isOrphan: boolean;
  readonly depth: number;
  readonly service: string;
  readonly scope: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly startMs: number;
  readonly durationMs: number;
  /** Without what its children cover. */
  readonly selfMs: number;
  readonly status: "unset" | "ok" | "error";
  readonly statusMessage?: string;
  readonly attributes: PageAttributes;
  readonly events: readonly SpanEventView[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: PageAttributes }[];
  /** Lost to limits. */
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number };
  /** It waited for the end of its request, which was kept. */
  readonly held: boolean;
  /** It is what is left while telemetry is held back. */
  readonly restrained: boolean;
}

export interface SpanEventView {
  readonly name: string;
  readonly at: number;
  readonly attributes: PageAttributes;
}

/** Something about a trace that is worth changing. */
export interface TraceFinding {
  /** `repeated-calls`: N+1. `serial-calls`: awaits in a row that could run together. `one-span`: over 90 % of the request is in one. */
  readonly kind: "repeated-calls" | "serial-calls" | "one-span";
  /** In a sentence, with the numbers. */
  readonly message: string;
  /** What it is about, in the order in which they began. */
  readonly spanIds: readonly string[];
  readonly parentSpanId?: string;
  readonly totalMs: number;
  /** What could be gained at most; undefined where nobody can tell. */
  readonly gainMs?: number;
}

export interface LogEntry {
  readonly id: number;
  readonly at: number;
  readonly service: string;
  readonly level: PageLevel;
  /** Of a library or child logger, where it has a name. */
  readonly logger?: string;
  readonly message: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: PageAttributes;
}

/** Members of the query. */
export interface LogQuery {
  /** In message and attributes, in any case. */
  readonly text?: string | undefined;
  /** And above. */
  readonly level?: PageLevel | undefined;
  readonly traceId?: string | undefined;
  readonly service?: string | undefined;
  /** Only those with a smaller id. */
  readonly before?: number | undefined;
  /** At most 1,000. @default 200 */
  readonly limit?: number | undefined;
}

/** Newest first. */
export interface LogPage {
  readonly lines: readonly LogEntry[];
  /** Whether there are older ones. */
  readonly hasMore: boolean;
}

/** Either `id`, of a request in the ring, or a request in words. Headers are members `header.NAME`. */
export interface ExplainQuery {
  readonly id?: number | undefined;
  readonly method?: string | undefined;
  readonly route?: string | undefined;
  readonly path?: string | undefined;
  readonly operation?: string | undefined;
}

export interface Explained {
  /** What would become of it now. */
  readonly now: Explanation;
  /** What did become of it, where it was asked by `id`. */
  readonly request?: RequestEntry;
}

export interface CheckView {
  readonly findings: readonly Finding[];
  readonly settings: SettingsReport;
}

export interface PipelineView {
  readonly status: Omit<TelemetryStatus, "settings" | "overhead">;
  readonly accounts: readonly AccountView[];
}

/** `accepted = exported + queued + inFlight + spooled + dropped + uncertain`, in items. */
export interface AccountView {
  readonly signal: "traces" | "metrics" | "logs";
  readonly accepted: number;
  readonly exported: number;
  readonly queued: number;
  readonly inFlight: number;
  readonly spooled: number;
  readonly dropped: number;
  readonly uncertain: number;
  readonly isBalanced: boolean;
}

export interface ProcessView {
  /** Shares from 0 to 1. */
  readonly cpu?: number;
  readonly loop?: number;
  readonly memory?: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** What the page holds of its bounds, and what did not fit, since it was opened. */
export interface RingsView {
  readonly requests: RingView;
  readonly traces: RingView;
  readonly logs: RingView;
  /** Spans that ended faster than the page reads them, over 2,000 in a quarter of a second. */
  readonly skippedSpans: number;
  readonly clients: { readonly count: number; readonly max: number; readonly refused: number };
  /** Bytes that slow clients were not sent. */
  readonly droppedEvents: number;
}

export interface RingView {
  readonly count: number;
  readonly max: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Older ones that made room, and what is larger than all of it. */
  readonly dropped: number;
}

/** What a receiver took, and what it did not, since it was opened. */
export interface ReceivedView {
  /** Requests that were taken. */
  readonly requests: number;
  /** Those that were not, by why. */
  readonly refused: Readonly<Record<"foreign" | "not-otlp" | "malformed" | "too-large" | "too-slow" | "busy", number>>;
  /** Spans, log records and data points of requests that were taken, which were passed over: their senders were told. */
  readonly rejected: Readonly<Record<"traces" | "logs" | "metrics", number>>;
  /** Series of durations that made room for newer ones: what they counted is shown no more. */
  readonly evictedSeries: number;
  /** Of what is being read just now. */
  readonly reading: { readonly bytes: number; readonly maxBytes: number };
}

export interface RulesView {
  readonly current: SamplingState;
  /** How many changes of this page can be taken back. */
  readonly undoable: number;
}

/** What is left out stays as it is. */
export interface SamplingDraft {
  readonly sampleRatio?: number;
  readonly rules?: readonly SamplingRule[];
  readonly keep?: KeepOptions;
}

export interface DryRunView {
  readonly rules: readonly SamplingRule[];
  readonly startedAt: number;
  readonly report: DryRunReport;
  /** Of the whole time that it has run. */
  readonly requestsPerSecond: number;
  readonly sampledPerSecond: { readonly live: number; readonly dryRun: number };
  /** By the spans that a sampled request had in this time. Undefined as long as none was sampled. */
  readonly spansPerSecond?: { readonly live: number; readonly dryRun: number; readonly saved: number };
}

export interface GovernorDraft {
  /** Null leaves it to the causes. */
  readonly step: GovernorStep | null;
  readonly forMs?: number;
}

export interface LogLevelView {
  /** Of a logger, where there are several. */
  readonly logger: string;
  readonly level: PageLevel | "silent";
}

export interface LogLevelDraft {
  readonly level: PageLevel | "silent";
  /** @default 600000 */
  readonly forMs?: number;
  /** @default all */
  readonly logger?: string;
}

/** Something that changed how telemetry works. */
export interface ChangeEntry {
  readonly id: number;
  readonly at: number;
  readonly kind: "sampling" | "dry-run" | "governor" | "optimizer" | "breaker" | "log-level";
  /** In a line. */
  readonly text: string;
}

/** What the stream sends, by the name of the event; `data` is JSON of the type. */
export interface StreamEvents {
  readonly snapshot: Snapshot;
  /** Every 250 ms, where there were any: at most 50, newest last, and how many were left out. */
  readonly requests: { readonly entries: readonly RequestEntry[]; readonly left: number };
  /** As `requests`: at most 50 lines. */
  readonly logs: { readonly entries: readonly LogEntry[]; readonly left: number };
  /** Every 250 ms: traces that are new or have grown, at most 50. */
  readonly traces: { readonly entries: readonly TraceSummary[]; readonly left: number };
  readonly change: ChangeEntry & { readonly rules?: RulesView; readonly logLevels?: readonly LogLevelView[] };
}

export interface Refusal {
  /** What is wrong, and what to do. */
  readonly error: string;
  /** Of a wrong option: its dotted name, `rules[2].ratio`. */
  readonly option?: string;
  /** What its value must be. */
  readonly expectation?: string;
  readonly code?: string;
}
