import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The file beside this one, as it is where this runs: source or built. */
export function entryOf(name: string): string {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  return fileURLToPath(new URL(`./${name}${extension}`, import.meta.url));
}

export interface OwnProcessSettings {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const maxSaidCharacters = 2_000;
const patienceMs = 2_000;

/** A process of ours that is asked one thing at a time. It ends with this one, whatever happens. */
export class OwnProcess {
  readonly #process: ChildProcess;
  #said = "";

  constructor({ command: [file = "", ...args], env }: OwnProcessSettings) {
    this.#process = spawn(file, args, {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
      env,
    });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-maxSaidCharacters);
    });
  }

  /** Sends it something and resolves with its next message. Rejects with what became of it when it ends first. */
  ask<Answer>(message: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const child = this.#process;
      const over = (): void => {
        child.off("message", answered).off("close", ended).off("error", failed);
      };
      const answered = (answer: unknown): void => {
        over();
        resolve(answer as Answer);
      };
      const failed = (error: Error): void => {
        over();
        reject(error);
      };
      // Not "exit": what it said last is still to be read then.
      const ended = (code: number | null, signal: string | null): void => {
        const said = this.#said.trim();
        failed(new Error(`its process ended (${code ?? signal})${said === "" ? "" : `:\n${said}`}`));
      };
      child.on("message", answered).on("close", ended).on("error", failed);
      if (!child.connected) return ended(child.exitCode, child.signalCode);
      child.send(message as object, (error) => {
        // When it has just ended, "close" tells more.
        if (error !== null && child.exitCode === null && child.signalCode === null) failed(error);
      });
    });
  }

  /** Ends it without waiting for anything in it: by itself, or by force when it does not look up any more. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    await exit;
    clearTimeout(timer);
  }
}
