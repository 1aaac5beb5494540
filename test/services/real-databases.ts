import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../package/pasted-app.ts";

/** A PostgreSQL and a Redis as Debian has them, each with nothing in it. */
export interface RealDatabases {
  readonly postgresPort: number;
  readonly redisPort: number;
  readonly end: () => Promise<void>;
}

const patienceMs = 30_000;

/** Starts both. Rejects where one is not installed: `apt-get install postgresql redis-server`. */
export async function startDatabases(): Promise<RealDatabases> {
  const bin = globSync("/usr/lib/postgresql/*/bin").toSorted().at(-1);
  if (bin === undefined) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  const home = mkdtempSync(join(tmpdir(), "gossamer-databases-"));
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? idsOf("postgres") : undefined;
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  const data = join(home, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "u", "--auth=trust", "--no-sync"], {
    ...user,
    cwd: home,
    stdio: "ignore",
  });
  const [postgresPort, redisPort] = await Promise.all([freePort(), freePort()]);
  const children = [
    spawn(join(bin, "postgres"), ["-D", data, "-p", String(postgresPort), "-k", home, "-h", "127.0.0.1", "-F"], {
      ...user,
      cwd: home,
      stdio: "ignore",
    }),
    spawn("redis-server", ["--port", String(redisPort), "--bind", "127.0.0.1", "--save", "", "--dir", home], {
      stdio: "ignore",
    }),
  ];
  const end = async (): Promise<void> => {
    await Promise.all(children.map(ended));
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await Promise.all([answers(postgresPort), answers(redisPort)]);
    createDatabase(join(bin, "createdb"), postgresPort);
  } catch (error) {
    await end();
    throw error;
  }
  return { postgresPort, redisPort, end };
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
