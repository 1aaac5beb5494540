import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Place } from "../setup/install-meanwhile.ts";

/** Versions of both lines of `@opentelemetry/api`: 1.10 is two modules, one for `import` and one for `require`. */
export const apiVersions = ["1.9.0", "1.9.1", "1.10.0"] as const;

export type ApiVersion = (typeof apiVersions)[number];

/** Where the packed tarballs are installed, with npm, outside of the workspace. */
export interface Consumers {
  readonly home: string;
  /** `file:` and the path of each tarball, by the package's name. */
  readonly packed: Readonly<Record<string, string>>;
  readonly folders: Readonly<Record<ApiVersion, string>>;
  /** Binaries of the other lines of Node that are promised. */
  readonly node22: string;
  readonly node26: string;
}

declare module "vitest" {
  interface ProvidedContext {
    consumers: Place<Consumers>;
  }
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** Where its telemetry goes; every other variable of telemetry, and `NODE_ENV`, is taken away. */
  readonly endpoint?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** @default this process's own Node */
  readonly node?: string;
  /** Called when it was started, with what ends it. */
  readonly onStart?: (end: (signal: NodeJS.Signals) => void) => void;
  /** After how long it is ended: what is broken, not what is slow. @default 150000 */
  readonly timeoutMs?: number;
}

/** Runs a program as its user would, and answers how it ended. */
export async function runNode(args: readonly string[], options: RunOptions): Promise<Ended> {
  const child = spawn(options.node ?? process.execPath, args, {
    cwd: options.cwd,
    env: {
      ...plainEnvironment(),
      ...(options.endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.endpoint }),
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: options.timeoutMs ?? 150_000,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  options.onStart?.((signal) => child.kill(signal));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

/** The last line of a program's output, which is JSON. What it wrote to standard error is in the message when it is not. */
export function lastLine(ended: Ended): unknown {
  const line = ended.stdout.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    throw new Error(`The program ended with ${ended.code ?? ended.signal} and said: ${ended.stdout}\n${ended.stderr}`, {
      cause,
    });
  }
}

/** This process's variables without those that steer telemetry, modules or test runs. What Node has compiled once it need not compile again. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const telling = /^(?:OTEL_|NODE_(?!COMPILE_CACHE$)|VITEST|VITE_|TEST$|DEV$|PROD$|MODE$|ENVIRONMENT$|npm_|pnpm_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !telling.test(name)));
}
