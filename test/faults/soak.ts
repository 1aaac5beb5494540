import { type Answer, startOtlpReceiver } from "@gossamer/testing";
import type { TelemetryStatus } from "@gossamer/core";
import { freePort } from "../../packages/core/src/testing/free-port.ts";
import { startService } from "./fault-service.ts";

export interface SoakParts {
  readonly seconds: number;
  /** The same seed, the same order of faults. */
  readonly seed: number;
  /** Hears of each sample. */
  readonly tell?: (sample: SoakSample) => void;
}

export interface SoakSample {
  readonly atSeconds: number;
  readonly collector: string;
  readonly heapMb: number;
  readonly rssMb: number;
  readonly accepted: number;
  readonly exported: number;
  readonly queued: number;
  readonly dropped: number;
}

export interface SoakResult {
  readonly samples: readonly SoakSample[];
  readonly answers: number;
  readonly errors: number;
  /** Spans that came at least once, and how many came again. */
  readonly arrived: number;
  readonly again: number;
  readonly lines: readonly string[];
  /** What did not hold; empty when all is well. */
  readonly broken: readonly string[];
}

type Mood = "well" | "away" | Answer["kind"];

const unavailable: Answer = { kind: "status", status: 503 };
const busy: Answer = { kind: "status", status: 429, headers: { "retry-after": "1" } };
const moods: readonly (readonly [Mood, Answer | undefined])[] = [
  ["status", unavailable],
  ["silence", { kind: "silence" }],
  ["reset", { kind: "reset" }],
  ["status", busy],
  ["away", undefined],
];

const loadEveryMs = 100;
const requestsATurn = 25;
const moodMs = 1_500;

/** Load on a service while its collector is well and ill by turns; then all accounts are settled, and must be exact. */
export async function soak({ seconds, seed, tell }: SoakParts): Promise<SoakResult> {
  const seen = new Set<string>();
  let again = 0;
  const onRequest: NonNullable<Parameters<typeof startOtlpReceiver>[0]>["onRequest"] = ({ spans, answer }) => {
    if (answer.kind !== "accept") return;
    for (const { spanId } of spans) {
      if (seen.has(spanId)) again++;
      seen.add(spanId);
    }
  };
  const receive = (port: number): ReturnType<typeof startOtlpReceiver> =>
    startOtlpReceiver({ port, maxKept: 1, onRequest });
  let receiver = await receive(await freePort());
  const { port, url } = receiver;
  const service = await startService({
    nodeOptions: ["--expose-gc"],
    options: {
      metrics: false,
      batch: { delayMs: 100 },
      queue: { maxSpans: 2_000 },
      breaker: { openMs: 1_000, goodTrials: 1 },
      // Its handler does nothing, so that telemetry is a large share of it; a collector that flaps must not make it more. It looks often, and not at
      // how busy the machine is.
      overhead: { target: 0.5, red: 0.9, lookEveryMs: 1_000, actEveryMs: 5_000, load: false },
      otlp: { endpoint: url, timeoutMs: 300, retry: { attempts: 3, initialMs: 50, maxMs: 200 } },
    },
  });
  const samples: SoakSample[] = [];
  const broken: string[] = [];
  let mood: Mood = "well";
  let answers = 0;
  let errors = 0;
  let breakerChanges = 0;
  let held: readonly string[] = [];
  const random = seeded(seed);

  async function flap(untilMs: number): Promise<void> {
    while (performance.now() < untilMs) {
      await wait(moodMs * (0.5 + random()));
      const [next, answer] = moods[Math.floor(random() * moods.length)] ?? ["well", undefined];
      mood = next;
      if (mood === "away") await receiver.close();
      else receiver.respond = () => answer;
      await wait(moodMs * (0.5 + random()));
      if (mood === "away") receiver = await receive(port);
      receiver.respond = () => undefined;
      mood = "well";
    }
  }

  async function sample(atSeconds: number): Promise<void> {
    const { overhead, traceExport } = await service.ask<TelemetryStatus>("status");
    if (traceExport === undefined) throw new Error("The service exports no traces.");
    const status = traceExport;
    held = overhead?.changes.map(({ to, cause }) => `${to.step} for ${cause}`) ?? ["it does not look"];
    const { accepted, exported, queued, inFlight, spooled, dropped, uncertain } = status;
    const sum = exported + queued + inFlight + spooled + dropped + uncertain;
    if (sum !== accepted) broken.push(`${atSeconds} s: accepted ${accepted}, accounted for ${sum}`);
    breakerChanges = status.exporters[0]?.breakerChanges ?? 0;
    const { heapUsed, rss } = await service.ask<NodeJS.MemoryUsage>("memory");
    const one = {
      atSeconds,
      collector: mood,
      heapMb: mb(heapUsed),
      rssMb: mb(rss),
      accepted,
      exported,
      queued,
      dropped,
    };
    samples.push(one);
    tell?.(one);
  }

  try {
    const beganMs = performance.now();
    const untilMs = beganMs + seconds * 1_000;
    const flapping = flap(untilMs);
    const sampleMs = Math.max(1_000, (seconds * 1_000) / 60);
    let sampledMs = beganMs;
    while (performance.now() < untilMs) {
      const turnMs = performance.now();
      const load = await service.load(requestsATurn, "/hello", 5);
      answers += load.answers;
      errors += load.errors;
      if (turnMs - sampledMs >= sampleMs) {
        sampledMs = turnMs;
        await sample(Math.round((turnMs - beganMs) / 1_000));
      }
      await wait(Math.max(0, loadEveryMs - (performance.now() - turnMs)));
    }
    await flapping;
    for (let i = 0; i < 50 && !(await service.flush(1_000)); i++) await wait(200);
    await sample(Math.round((performance.now() - beganMs) / 1_000));
    judge();
  } finally {
    await service.stop();
    await receiver.close();
  }
  return { samples, answers, errors, arrived: seen.size, again, lines: service.lines, broken };

  function judge(): void {
    const end = samples.at(-1);
    if (errors > 0) broken.push(`${errors} requests were not answered as they should`);
    if (end === undefined || end.accepted !== answers) broken.push(`accepted ${end?.accepted} of ${answers} answered`);
    if (end?.queued !== 0) broken.push(`${end?.queued} are still queued`);
    if (end?.exported !== seen.size) broken.push(`exported ${end?.exported}, arrived ${seen.size}`);
    if (end !== undefined && end.exported + end.dropped !== answers) broken.push("exported and dropped are not all");
    if (held.length > 0) broken.push(`telemetry was held back: ${held.join(", ")}`);
    const grewMb = growth(samples.map(({ heapMb }) => heapMb));
    if (grewMb > 2) broken.push(`the heap grew by ${grewMb.toFixed(1)} MB`);
    // Trouble that is back within a minute is not said again; of a breaker each opening is, and each closing.
    const mostLines = 6 * (1 + Math.ceil(seconds / 60)) + breakerChanges;
    if (service.lines.length > mostLines) broken.push(`${service.lines.length} lines, ${mostLines} at most`);
  }
}

/** From the median of the second quarter, when the service is warm, to that of the last. */
function growth(values: readonly number[]): number {
  const quarter = Math.floor(values.length / 4);
  return quarter === 0 ? 0 : median(values.slice(-quarter)) - median(values.slice(quarter, 2 * quarter));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function mb(bytes: number): number {
  return Math.round((bytes / 1_048_576) * 10) / 10;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
