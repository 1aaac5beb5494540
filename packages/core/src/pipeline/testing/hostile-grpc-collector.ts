import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Said, Script, Told } from "./hostile-grpc-server.ts";

/**
 * A gRPC collector that does what it is told, in a process of its own, so that where Node's HTTP/2 aborts it is known whose: the sender's takes the
 * tests along, and the collector's is started again after a connection that broke.
 */
export class HostileGrpcCollector {
  /** Where it listens. */
  port = 0;
  /** Whether it might push, a call each. */
  readonly pushAllowed: boolean[] = [];
  #child: ChildProcess | undefined;
  #isOver = false;

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = fork(join(import.meta.dirname, "hostile-grpc-server.ts"), {
      serialization: "advanced",
      execArgv: [],
      silent: true,
    });
    this.#child = child;
    child.on("message", (said: Said) => {
      if (typeof said === "object" && "pushAllowed" in said) this.pushAllowed.push(said.pushAllowed);
    });
    const [said] = (await once(child, "message")) as [Said];
    if (typeof said === "object" && "port" in said) this.port = said.port;
  }

  /** Resolves once it will do so with the calls that come. */
  follow(script: Script): Promise<void> {
    return this.#tell({ script });
  }

  endConnections(): Promise<void> {
    return this.#tell("end connections");
  }

  stop(): void {
    this.#isOver = true;
    this.#child?.kill("SIGKILL");
  }

  async #tell(told: Told): Promise<void> {
    for (let isHeard = false; !isHeard && !this.#isOver;) {
      const child = this.#child;
      if (child?.connected !== true) {
        await this.start();
        continue;
      }
      isHeard = await new Promise((resolve) => {
        const settle = (heard: boolean): void => {
          child.off("message", listen).off("disconnect", gone);
          resolve(heard);
        };
        const listen = (said: Said): void => {
          if (said === "heard") settle(true);
        };
        const gone = (): void => settle(false);
        child.on("message", listen).on("disconnect", gone);
        child.send(told, (error) => {
          if (error !== null) settle(false);
        });
      });
    }
  }
}
