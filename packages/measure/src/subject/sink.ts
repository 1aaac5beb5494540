import { entryOf, OwnProcess } from "./own-process.ts";

/** A collector in a process of its own, so that its work is not measured. */
export interface Sink {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const child = new OwnProcess({ command: [process.execPath, entryOf("sink-process")], env: process.env });
  try {
    const { port } = await child.ask<{ port: number }>("listen");
    return { url: `http://127.0.0.1:${port}`, stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
