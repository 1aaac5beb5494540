import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

// A gRPC collector that does what it is told. `HostileGrpcCollector` starts it.

export type Headers = Readonly<Record<string, string | string[]>>;

/** What the collector does next with a call that has come in. */
export type Step =
  | { readonly kind: "head"; readonly status: number; readonly headers: Headers; readonly isAll: boolean }
  | { readonly kind: "informational" }
  | { readonly kind: "data"; readonly bytes: Buffer }
  | { readonly kind: "wait"; readonly waitMs: number }
  | { readonly kind: "push" }
  | { readonly kind: "endless" }
  | { readonly kind: "end" }
  | { readonly kind: "reset"; readonly code: number }
  | { readonly kind: "goaway"; readonly code: number; readonly lastStream: number }
  | { readonly kind: "destroy" };

export interface Script {
  readonly steps: readonly Step[];
  readonly trailers: Headers | undefined;
  /** Without it, steps are taken when the head of the call is there. */
  readonly readsBody: boolean;
}

/** What it is told, and answers with `heard`: the script of the calls that come, or to end all connections. */
export type Told = { readonly script: Script } | "end connections";

/** What it says. */
export type Said = { readonly port: number } | "heard" | { readonly pushAllowed: boolean };

const sessions = new Set<ServerHttp2Session>();
let script: Script = { steps: [], trailers: undefined, readsBody: true };
const say = (said: Said): void => void process.send?.(said);

process.on("message", (told: Told) => {
  if (told === "end connections") for (const session of sessions) session.destroy();
  else ({ script } = told);
  say("heard");
});
process.on("disconnect", () => process.exit());

const server = createServer();
server.on("session", (session) => {
  sessions.add(session);
  session.on("error", () => {});
  session.on("close", () => sessions.delete(session));
});
server.on("sessionError", () => {});
server.on("stream", (stream) => {
  say({ pushAllowed: stream.pushAllowed });
  const { readsBody } = script;
  stream.on("error", () => {});
  if (readsBody) stream.resume().on("end", () => void play(stream, script));
  else void play(stream, script);
});
server.listen(0, "127.0.0.1", () => say({ port: (server.address() as AddressInfo).port }));

async function play(stream: ServerHttp2Stream, { steps, trailers }: Script): Promise<void> {
  for (const step of steps) {
    if (step.kind === "wait") await new Promise((resolve) => setTimeout(resolve, step.waitMs));
    if (stream.destroyed) return;
    try {
      take(stream, step, trailers);
    } catch {
      // Node refuses some of it: a second head, a trailer it does not know.
    }
  }
}

function take(stream: ServerHttp2Stream, step: Step, trailers: Headers | undefined): void {
  const { session } = stream;
  switch (step.kind) {
    case "head": {
      const head = { ...step.headers, ":status": step.status };
      if (step.isAll) return stream.respond(head, { endStream: true });
      if (trailers !== undefined) {
        stream.on("wantTrailers", () => {
          try {
            stream.sendTrailers(trailers);
          } catch {
            stream.close(constants.NGHTTP2_INTERNAL_ERROR);
          }
        });
      }
      return stream.respond(head, { waitForTrailers: trailers !== undefined });
    }
    case "informational":
      return stream.additionalHeaders({ ":status": 103, "grpc-status": "0" });
    case "data":
      return void stream.write(step.bytes);
    case "push":
      return stream.pushStream({ ":path": "/" }, (error, pushed) => {
        if (error !== null) return;
        pushed.on("error", () => {});
        if (pushed.destroyed) return;
        pushed.respond({ ":status": 200 });
        pushed.end("x".repeat(10_000));
      });
    case "endless": {
      const timer = setInterval(() => stream.write(Buffer.alloc(16_384)), 1);
      stream.on("close", () => clearInterval(timer));
      return;
    }
    case "end":
      return void stream.end();
    case "reset":
      return stream.close(step.code);
    case "goaway":
      return session?.goaway(step.code, step.lastStream === 0 ? 0 : (stream.id ?? 1) + step.lastStream);
    case "destroy":
      return session?.destroy();
    case "wait":
  }
}
