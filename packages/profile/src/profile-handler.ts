import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { callerGate, checkCallable, checks, type MemberChecks, OptionError, readOptions } from "@gossamer/core/adapter";
import { profile, type ProfiledEngine, ProfileRefused, type ProfileSurroundings } from "./profile.ts";

export interface ProfileHandlerOptions extends ProfileSurroundings {
  /** Who may take profiles: true, or the name that the line in the log has. Anything else, and what throws, refuses. */
  readonly authorize: (request: IncomingMessage) => boolean | string | Promise<boolean | string>;
}

export type ProfileHandler = (request: IncomingMessage, response: ServerResponse) => void;

const callable = checks.callable();
const surroundingChecks = { now: callable, epochMs: callable, log: callable };
const handlerChecks: MemberChecks<ProfileHandlerOptions> = { ...surroundingChecks, authorize: callable };

/** Where profiles are served besides. */
interface ServedSurroundings extends ProfileSurroundings {
  readonly port?: number;
  readonly variables?: NodeJS.ProcessEnv;
}

const servedChecks: MemberChecks<ServedSurroundings> = {
  ...surroundingChecks,
  port: checks.integer(0, 65_535),
  // Those of a process are no plain object.
  variables: checks.check(
    "object",
    "an object",
    (value): value is object => typeof value === "object" && value !== null,
  ),
};

const kinds: Readonly<Record<string, "cpu" | "heap">> = { profile: "cpu", heap: "heap", allocs: "heap" };

/**
 * Answers Go's paths below wherever it is mounted: `…/profile?seconds=30`, `…/heap`, `…/allocs`; with `format=json` in the form of developer tools.
 *
 * @throws OptionError without `authorize`: a profile costs CPU and shows the names of functions and files.
 */
export function profileHandler(engine: ProfiledEngine, options: ProfileHandlerOptions): ProfileHandler {
  checkCallable(engine, "telemetry", "overhead");
  const given = readOptions(options, "profileHandler", handlerChecks, ["authorize"]);
  return (request, response) => {
    answer(engine, given, request, response).catch(() => {
      if (!response.headersSent) say(response, 500, "the profile failed");
      else response.destroy();
    });
  };
}

/**
 * Where `ENABLE_PROFILING` is `true`, serves Go's paths on 127.0.0.1:6060, so that `go tool pprof http://localhost:6060/debug/pprof/profile` works; undefined
 * elsewhere. It keeps nothing alive; a port that is taken is one line.
 */
export function serveProfiles(engine: ProfiledEngine, surroundings: ServedSurroundings = {}): Server | undefined {
  checkCallable(engine, "telemetry", "overhead");
  const given = readOptions(surroundings, "serveProfiles", servedChecks);
  const { port = 6060, variables = process.env, ...rest } = given;
  const { log = (line: string) => process.stderr.write(`${line}\n`) } = rest;
  if (variables["ENABLE_PROFILING"]?.toLowerCase() !== "true") return undefined;
  const handler = profileHandler(engine, { ...rest, authorize: isLocal });
  const server = createServer(handler);
  server.on("error", (error) => {
    log(`gossamer: profiles are not served: ${error.message}`);
  });
  server.listen(port, "127.0.0.1");
  server.unref();
  return server;
}

const isOfThisMachine = callerGate<IncomingMessage>("loopback");

/** A page in a browser on this machine is none of ours, whatever name it found for it. */
function isLocal(request: IncomingMessage): boolean | string {
  const { headers, socket } = request;
  return isOfThisMachine(request) && headers.origin === undefined && headers["sec-fetch-site"] === undefined
    ? (socket.remoteAddress ?? "this machine")
    : false;
}

async function answer(
  engine: ProfiledEngine,
  { authorize, ...surroundings }: ProfileHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const name = pathname.slice(pathname.lastIndexOf("/") + 1);
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  let allowed: unknown = false;
  try {
    allowed = await authorize(request);
  } catch {
    // Who cannot be judged may not.
  }
  if (allowed !== true && (typeof allowed !== "string" || allowed === "")) return say(response, 403, "not allowed");
  if (kind === undefined) return say(response, 404, "there are profile, heap and allocs");
  if (request.method !== "GET") return say(response, 405, "profiles are asked for with GET");
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const who = typeof allowed === "string" ? allowed : (request.socket.remoteAddress ?? "somebody");
  const seconds = Number(searchParams.get("seconds") ?? (kind === "cpu" ? 30 : 10));
  try {
    const taken = await profile(engine, { kind, seconds, who, signal: gone.signal }, surroundings);
    const isJson = searchParams.get("format") === "json";
    response.setHeader("content-type", isJson ? "application/json" : "application/octet-stream");
    response.setHeader("content-disposition", `attachment; filename="${isJson ? `${kind}.${kind}profile` : name}"`);
    response.end(isJson ? taken.json : taken.pprof);
  } catch (error) {
    if (error instanceof ProfileRefused) say(response, error.reason === "too-large" ? 413 : 503, error.message);
    else if (error instanceof OptionError) say(response, 400, error.message);
    else throw error;
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`${text}\n`);
}
