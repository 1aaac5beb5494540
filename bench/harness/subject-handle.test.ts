import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSubject } from "./load-subject.ts";
import { SubjectHandle } from "./subject-handle.ts";

const pinning = {
  description: "not pinned",
  command: (command: readonly string[]) => command,
  bring() {},
  aside: () => () => {},
};

const start = async (name: string): Promise<SubjectHandle> =>
  SubjectHandle.start({
    loaded: await loadSubject(new URL(`./testing/misfits.ts?${name}`, import.meta.url)),
    serviceName: name,
    sinkUrl: "",
    pinning,
  });

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("a subject that cannot be set up is told why, and its process is gone", async () => {
  let pid = 0;
  await assert.rejects(start("fails-at-set-up"), (error: Error) => {
    pid = Number(/process (\d+)/.exec(error.message)?.[1]);
    return error.message.includes('"fails-at-set-up" failed');
  });
  assert.ok(pid > 0);
  assert.equal(isAlive(pid), false);
});

test("a subject that never looks up again is ended all the same", async () => {
  const handle = await start("never-looks-up");
  const asked = assert.rejects(handle.slice(1), /its process ended \(SIGKILL\)/);
  await handle.stop();
  await asked;
});
