import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";

/** A process of the demo's, which talks in messages of one type. */
export class Child<Told extends { readonly kind: string }> {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #gone: Promise<number | string>;

  /** Starts `./{name}-process`, with these variables and none of the caller's own OTEL_ ones. */
  constructor(name: string, environment: Readonly<Record<string, string>> = {}) {
    this.name = name;
    const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith("OTEL_"));
    this.#process = fork(new URL(`./${name}-process${extname(import.meta.url)}`, import.meta.url), {
      env: { ...Object.fromEntries(inherited), ...environment },
      serialization: "advanced",
      execArgv: [],
    });
    this.#gone = once(this.#process, "exit").then(([code, signal]: (number | string)[]) => code ?? signal ?? "nothing");
  }

  /** The exit code, or the signal that ended it. */
  get gone(): Promise<number | string> {
    return this.#gone;
  }

  tell(message: { readonly kind: string }): void {
    if (this.#process.connected) this.#process.send(message);
  }

  /** The next message of that kind. Rejects when the process ends before. */
  async told<Kind extends Told["kind"]>(kind: Kind): Promise<Extract<Told, { readonly kind: Kind }>> {
    const child = this.#process;
    return new Promise((resolve, reject) => {
      const hear = (message: Told): void => {
        if (message.kind !== kind) return;
        stopListening();
        resolve(message as Extract<Told, { readonly kind: Kind }>);
      };
      const lose = (code: number | null, signal: string | null): void => {
        stopListening();
        reject(new Error(`The ${this.name} process ended early (${code ?? signal}).`));
      };
      const stopListening = (): void => {
        child.off("message", hear);
        child.off("close", lose);
      };
      child.on("message", hear);
      child.on("close", lose);
      if (child.exitCode !== null || child.signalCode !== null) lose(child.exitCode, child.signalCode);
    });
  }

  terminate(): void {
    this.#process.kill("SIGTERM");
  }

  /** Lets go of it, upon which a process of the demo ends by itself. */
  release(): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  /** Waits until it has gone, and kills it after `patienceMs`. */
  async end(patienceMs: number): Promise<void> {
    const killer = setTimeout(() => this.#process.kill("SIGKILL"), patienceMs);
    await this.#gone;
    clearTimeout(killer);
  }
}
