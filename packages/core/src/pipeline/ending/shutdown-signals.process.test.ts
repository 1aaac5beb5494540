import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type Collector, ok, startCollector } from "../testing/collector.ts";
import { freePort } from "../../testing/free-port.ts";

const fixture = fileURLToPath(new URL("../testing/shutdown-fixture.ts", import.meta.url));
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly errors: string;
}

interface Service {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The rest of the first line on standard output that begins with the word. */
  said(word: string): Promise<string>;
}

function run(settings: Record<string, unknown>, through: readonly string[] = []): Service {
  const given = JSON.stringify({ spans: 100, deadlineMs: 10_000, ...settings });
  const words = [...through, process.execPath, "--no-warnings", fixture, given];
  const child = spawn(words[0] ?? "", words.slice(1));
  closers.push(() => child.kill("SIGKILL"));
  let output = "";
  let errors = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  return {
    child,
    ended: new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, errors }))),
    async said(word) {
      const line = (): string | undefined => output.split("\n").find((one) => one.startsWith(word));
      await expect.poll(line).toBeDefined();
      return line()?.slice(word.length).trim() ?? "";
    },
  };
}

/** The process that `unshare` began, as this namespace numbers it. */
async function childOf(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim());
}

async function collect(reply?: Collector["reply"]): Promise<Collector> {
  const collector = await startCollector(reply);
  closers.push(() => collector.stop());
  return collector;
}

function ask(port: string, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, agent }, (response) => {
      let text = "";
      response.on("data", (data: Buffer) => (text += data.toString()));
      response.on("end", () => resolve(text));
    }).on("error", reject);
  });
}

describe("the end of a process", { timeout: 180_000 }, () => {
  it("delivers everything when the process ends by itself, and keeps its exit code (R-P9)", async () => {
    const collector = await collect();
    await expect(run({ url: collector.url, end: "code" }).ended).resolves.toEqual({
      code: 3,
      signal: null,
      errors: "",
    });
    expect(new Set(collector.taken).size).toBe(100);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "delivers everything on %s, and the process still ends by that signal (R-P9)",
    async (signal) => {
      const collector = await collect();
      const service = run({ url: collector.url, serve: true });
      await service.said("port");
      service.child.kill(signal);
      await expect(service.ended).resolves.toEqual({ code: null, signal, errors: "" });
      expect(new Set(collector.taken).size).toBe(100);
    },
  );

  it("answers the requests under way first, and delivers their telemetry too (R-P9)", async () => {
    const collector = await collect();
    const agent = new Agent({ keepAlive: true });
    closers.push(() => agent.destroy());
    const service = run({ url: collector.url, serve: true, answerMs: 300 });
    const answer = ask(await service.said("port"), agent);
    await service.said("request");
    service.child.kill("SIGTERM");
    await expect(answer).resolves.toBe("done");
    await expect(service.ended).resolves.toMatchObject({ signal: "SIGTERM" });
    expect(collector.taken).toHaveLength(101);
    expect(collector.taken).toContain("request.0");
  });

  it("leaves time for the telemetry when a request hangs (R-P9)", async () => {
    const collector = await collect();
    const service = run({ url: collector.url, serve: true, answerMs: 60_000, deadlineMs: 1_000 });
    const answer = ask(await service.said("port")).catch(() => "cut");
    await service.said("request");
    service.child.kill("SIGTERM");
    await expect(service.ended).resolves.toMatchObject({ signal: "SIGTERM" });
    await expect(answer).resolves.toBe("cut");
    expect(collector.taken).toHaveLength(100);
  });

  it("ends within the deadline when the collector never answers, and says what is lost (R-P9)", async () => {
    const collector = await collect(() => {});
    const service = run({ url: collector.url, serve: true, deadlineMs: 400 });
    await service.said("port");
    service.child.kill("SIGTERM");
    const { signal, errors } = await service.ended;
    expect(signal).toBe("SIGTERM");
    expect(errors).toBe(
      "gossamer: 100 spans could not be delivered before the end of the shutdown and are lost [GSM_END_LOST]\n",
    );
  });

  it("ends at once on a second signal, and says what is lost (R-P9)", async () => {
    const collector = await collect(() => {});
    const service = run({ url: collector.url, serve: true, deadlineMs: 600_000 });
    await service.said("port");
    service.child.kill("SIGTERM");
    await expect.poll(() => collector.arrived.length).toBe(1);
    service.child.kill("SIGINT");
    await expect(service.ended).resolves.toMatchObject({
      signal: "SIGINT",
      errors: "gossamer: the process ends before 100 spans were delivered [GSM_END_LOST]\n",
    });
  });

  it("leaves the end to the service when it listens to the signal itself, and only flushes (R-P9)", async () => {
    const collector = await collect();
    const service = run({ url: collector.url, serve: true, ownListener: true });
    const port = await service.said("port");
    service.child.kill("SIGTERM");
    await service.said("own");
    await expect(ask(port)).resolves.toBe("done");
    await expect.poll(() => collector.taken.length).toBe(100);
    await expect(service.ended).resolves.toMatchObject({ code: 7, signal: null });
  });

  it("ends with 128 + n as the first process of a container, whatever keeps its loop alive (A3)", async ({ skip }) => {
    const unshare = ["--pid", "--fork", "--mount-proc"];
    if (spawnSync("unshare", [...unshare, "true"]).status !== 0) {
      const hint =
        "Process namespaces are missing here, so that PID 1 was tried on a stand-in alone (shutdown-signals.test.ts).";
      console.warn(hint);
      return skip(hint);
    }
    const collector = await collect();
    const service = run({ url: collector.url, serve: true, keepAlive: true }, ["unshare", ...unshare]);
    await service.said("port");
    process.kill(await childOf(service.child.pid!), "SIGTERM");
    await expect(service.ended).resolves.toMatchObject({ code: 143 });
    expect(collector.taken).toHaveLength(100);
  });

  it("says in one line what process.exit() leaves behind (R-P9)", async () => {
    const collector = await collect();
    await expect(run({ url: collector.url, end: "exit" }).ended).resolves.toEqual({
      code: 5,
      signal: null,
      errors: "gossamer: the process ends before 100 spans were delivered [GSM_END_LOST]\n",
    });
  });

  it("lets an uncaught error end the process as it does without us (R-P9)", async () => {
    const collector = await collect();
    const { code, errors } = await run({ url: collector.url, end: "throw" }).ended;
    expect(code).toBe(1);
    expect(errors).toContain("the service's own error");
    expect(errors).toContain("gossamer: the process ends before 100 spans were delivered");
  });

  it("does nothing at an uncaught error that the service takes, and says at its end what is left behind (R-P9)", async () => {
    const collector = await collect();
    const service = run({ url: collector.url, end: "survive" });
    await service.said("survived");
    await expect(service.ended).resolves.toEqual({
      code: 6,
      signal: null,
      errors: "gossamer: the process ends before 100 spans were delivered [GSM_END_LOST]\n",
    });
  });

  it("does not keep a process alive whose collector never answers, longer than the deadline (R-P15)", async () => {
    const collector = await collect(() => {});
    await expect(run({ url: collector.url, deadlineMs: 300 }).ended).resolves.toMatchObject({ code: 0 });
  });

  it("does not keep a process alive when a connection that was used before falls silent (R-P15)", async () => {
    const collector = await collect((arrived, response) => {
      if (arrived.number === 1) ok(arrived, response);
    });
    await expect(run({ url: collector.url, deadlineMs: 300, warmUp: true }).ended).resolves.toMatchObject({ code: 0 });
    expect([collector.arrived.length, collector.connections]).toEqual([2, 1]);
  });

  it("ends a process quietly when there is no collector and nobody asked for one (R-P15)", async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    await expect(run({ url, endpointGiven: false, deadlineMs: 600_000 }).ended).resolves.toEqual({
      code: 0,
      signal: null,
      errors: `gossamer: no collector at ${url}; telemetry is queued up to its limit and sent when one appears. To see it, start one there, set OTEL_EXPORTER_OTLP_ENDPOINT to yours, or use exporter: "console" [GSM_COLLECTOR_ABSENT]\n`,
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["by itself", {}, "the process ends before 100 spans were delivered"],
    ["on SIGTERM", { serve: true }, "100 spans could not be delivered before the end of the shutdown and are lost"],
  ])(
    "says in one line what is lost and why, ending %s without a collector, where only warnings are heard (R-P15, E3)",
    async (_, how, line) => {
      const url = `http://127.0.0.1:${await freePort()}/`;
      const quiet = async (diagnostics: "warn" | "none"): Promise<string> => {
        const service = run({ url, endpointGiven: false, diagnostics, ...how });
        if ("serve" in how) {
          await service.said("port");
          service.child.kill("SIGTERM");
        }
        return (await service.ended).errors;
      };
      expect(await quiet("warn")).toBe(
        `gossamer: ${line}: there was no collector at ${url}; set OTEL_EXPORTER_OTLP_ENDPOINT to yours [GSM_END_LOST]\n`,
      );
      expect(await quiet("none")).toBe("");
    },
  );

  it("does nothing any more once it is uninstalled (R-P9)", async () => {
    const collector = await collect(ok);
    const service = run({ url: collector.url, serve: true, uninstall: true });
    await service.said("port");
    service.child.kill("SIGTERM");
    await expect(service.ended).resolves.toMatchObject({ signal: "SIGTERM", errors: "" });
    expect(collector.arrived).toHaveLength(0);
  });
});
