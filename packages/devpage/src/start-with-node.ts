import { existingTelemetry, onceRegistered, type TelemetryEngine } from "@gossamer/core/adapter";
import { openDevPage } from "./open-dev-page.ts";
import { otherVersion, processPages } from "./process-pages.ts";

const ownName = "@gossamer/devpage";

/** Whether Node was told to load the package before the program: `node --import @gossamer/devpage app.js`, by NODE_OPTIONS too. */
export function isPreloaded(execArgv: readonly string[], nodeOptions: string | undefined): boolean {
  const words = [...execArgv, ...(nodeOptions ?? "").split(/\s+/)].map((word) => word.replaceAll(/^["']|["']$/g, ""));
  return words.some((word, i) => word === `--import=${ownName}` || (word === "--import" && words[i + 1] === ownName));
}

/** Opens the page as soon as there is an engine, once a process: a program that was given the page may load it by `require` too. */
export function openOnceStarted(): void {
  if (processPages.isPreloaded || otherVersion() !== undefined) return;
  processPages.isPreloaded = true;
  const engine = existingTelemetry();
  if (engine === undefined) onceRegistered(open);
  else open(engine);
}

function open(engine: TelemetryEngine): void {
  openDevPage(engine).catch((error: unknown) => {
    process.stderr.write(
      `gossamer: the page is not opened: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  });
}
