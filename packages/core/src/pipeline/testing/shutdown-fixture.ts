// A small service in a process of its own. Settings come as JSON in the first argument; it says what happens on standard output, a word a line.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDiagnostics } from "../../model/diagnostics.ts";
import { installShutdown } from "../ending/shutdown-signals.ts";
import { createPipeline, lines } from "./pipeline-kit.ts";

interface FixtureSettings {
  readonly url: string;
  readonly spans: number;
  readonly deadlineMs: number;
  readonly serve?: boolean;
  /** How long a request to the service takes. */
  readonly answerMs?: number;
  readonly ownListener?: boolean;
  readonly endpointGiven?: boolean;
  /** Sends the spans at once, and as many again at the end. */
  readonly warmUp?: boolean;
  /** A timer that never ends. */
  readonly keepAlive?: boolean;
  readonly uninstall?: boolean;
  /** @default info */
  readonly diagnostics?: "warn" | "none";
  readonly end?: "exit" | "throw" | "code" | "survive";
}

const settings = JSON.parse(process.argv[2] ?? "{}") as FixtureSettings;
const diagnostics = createDiagnostics(settings.diagnostics ?? "info", (line) => process.stderr.write(`${line}\n`));
const pipeline = createPipeline({
  url: settings.url,
  diagnostics,
  endpointGiven: settings.endpointGiven ?? true,
  settings: { batch: { maxItems: 512, maxBytes: 1_000_000, delayMs: 60_000 } },
  http: { timeoutMs: 30_000 },
});
const addSpans = (): void => {
  for (let i = 0; i < settings.spans; i++) pipeline.add(lines(`span${i}`));
};
addSpans();
if (settings.warmUp) {
  await pipeline.flush(10_000);
  addSpans();
}

const server = createServer((_request, response) => {
  say("request");
  setTimeout(() => {
    pipeline.add(lines("request"));
    response.end("done");
  }, settings.answerMs ?? 0);
});

const uninstall = installShutdown({
  signals: true,
  deadlineMs: settings.deadlineMs,
  servers: () => [server],
  flush: (deadlineMs) => pipeline.flush(deadlineMs),
  shutdown: (deadlineMs) => pipeline.shutdown(deadlineMs),
  leave: () => pipeline.leaveNow(),
  diagnostics,
  process,
});
if (settings.uninstall) uninstall();
if (settings.ownListener) {
  process.on("SIGTERM", () => {
    say("own");
    setTimeout(() => process.exit(7), 500);
  });
}
if (settings.serve) server.listen(0, "127.0.0.1", () => say(`port ${(server.address() as AddressInfo).port}`));
if (settings.keepAlive) setInterval(() => {}, 1_000);
if (settings.end === "code") process.exitCode = 3;
if (settings.end === "exit") process.exit(5);
if (settings.end === "survive") {
  process.on("uncaughtException", () => say("survived"));
  setTimeout(() => process.exit(6), 100);
  throw new Error("the service takes it");
}
if (settings.end === "throw") throw new Error("the service's own error");

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}
