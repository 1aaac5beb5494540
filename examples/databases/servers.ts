import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A server with nothing in it, on a port of this machine alone. */
export interface DatabaseServer {
  readonly port: number;
  readonly end: () => Promise<void>;
}

const patienceMs = 30_000;

/** Debian's PostgreSQL, with a user `u` and a database `d`. Rejects where it is not installed: `apt-get install postgresql`. */
export async function startPostgres(): Promise<DatabaseServer> {
  const bin = globSync("/usr/lib/postgresql/*/bin").toSorted().at(-1);
  if (bin === undefined) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  const home = mkdtempSync(join(tmpdir(), "gossamer-postgres-"));
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? idsOf("postgres") : undefined;
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  const data = join(home, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "u", "--auth=trust", "--no-sync"], {
    ...user,
    cwd: home,
    stdio: "ignore",
  });
  const port = await freePort();
  const parameters = ["-D", data, "-p", String(port), "-k", home, "-h", "127.0.0.1", "-F"];
  const child = spawn(join(bin, "postgres"), parameters, { ...user, cwd: home, stdio: "ignore" });
  return started(child, port, home, () => createDatabase(join(bin, "createdb"), port));
}

/** Debian's Redis. Rejects where it is not installed: `apt-get install redis-server`. */
export async function startRedis(): Promise<DatabaseServer> {
  const home = mkdtempSync(join(tmpdir(), "gossamer-redis-"));
  const port = await freePort();
  const parameters = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", home];
  const child = spawn("redis-server", parameters, { stdio: "ignore" });
  const failed = once(child, "error").then(([cause]) => {
    rmSync(home, { recursive: true, force: true });
    throw new Error("Redis is not installed: apt-get install redis-server", { cause });
  });
  return Promise.race([failed, started(child, port, home)]);
}

/** Ended, with all that it has written, where it does not come up. */
async function started(
  child: ChildProcess,
  port: number,
  home: string,
  prepare: () => void = () => {},
): Promise<DatabaseServer> {
  const end = async (): Promise<void> => {
    await ended(child);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await answers(port);
    prepare();
    return { port, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function idsOf(user: string): { readonly uid: number; readonly gid: number } {
  const id = (what: string): number => Number(execFileSync("id", [what, user], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** It listens a moment before it lets anybody in. */
function createDatabase(command: string, port: number): void {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      execFileSync(command, ["-h", "127.0.0.1", "-p", String(port), "-U", "u", "d"], { stdio: "pipe" });
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

async function answers(port: number): Promise<void> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await sleep(50);
  }
  throw new Error(`Nothing answers at port ${port}.`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  // PostgreSQL waits for its clients at SIGTERM, and not at SIGINT.
  child.kill("SIGINT");
  await exit;
}
