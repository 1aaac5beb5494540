import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { methodNames } from "./limits/methods.ts";
import { createClock } from "./model/clock.ts";
import { RandomPool, systemRandom } from "./model/random.ts";
import { Tickets } from "./sampling/tickets/tickets.ts";

const command = fileURLToPath(new URL("gossamer.ts", import.meta.url));
const secret = "a secret that only the services know";
let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gossamer-command-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function run(
  variables: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; out: string; errors: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, GOSSAMER_TICKET_SECRET: "", ...variables };
    execFile(process.execPath, ["--no-warnings", command, ...args], { env }, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors });
    });
  });
}

function isGood(text: string): boolean {
  const tickets = new Tickets({
    secrets: [secret],
    maxChecksPerSecond: 10,
    clock: createClock(),
    random: new RandomPool(systemRandom),
    methods: methodNames,
  });
  const good = tickets.look(text.trim(), undefined);
  return good?.ticket.route === "GET /users/:id" && good.ticket.count === 3;
}

test("a command makes a ticket, with the secret of a variable or a file and never of an argument (R-S20)", async () => {
  const wanted = ["ticket", "--route", "GET /users/:id", "--count", "3", "--for", "5m"];
  const byVariable = await run({ GOSSAMER_TICKET_SECRET: secret }, ...wanted);
  expect([byVariable.errors, byVariable.code]).toEqual(["", 0]);
  expect(isGood(byVariable.out)).toBe(true);
  const path = join(directory, "secret");
  writeFileSync(path, `${secret}\n`);
  const byFile = await run({}, ...wanted, "--secret-file", path);
  expect(isGood(byFile.out)).toBe(true);
  const byArgument = await run({}, ...wanted, "--secret", secret);
  expect([byArgument.code, byArgument.out]).toEqual([1, ""]);
});

test("what the command cannot make is one line that says why, without the secret (R-S20)", async () => {
  const variables = { GOSSAMER_TICKET_SECRET: secret };
  for (const [args, said] of [
    [["ticket", "--count", "0"], 'Option "ticket.count" must be an integer from 1 to 10000, got 0.'],
    [["ticket", "--for", "long"], 'Option "ticket.forMs" must be a number from 1000 to 86400000, got NaN.'],
    [["ticket", "--route", "users"], 'Option "ticket.route" must be a method and a route template such as'],
  ] as const) {
    const { code, out, errors } = await run(variables, ...args);
    expect([code, out]).toEqual([1, ""]);
    expect(errors).toContain(said);
  }
  const short = await run({ GOSSAMER_TICKET_SECRET: "too-short" }, "ticket");
  expect(short.errors).toContain("must be a secret of 32 to 1000 characters");
  expect(short.errors).not.toContain("too-short");
  expect((await run(variables, "nothing")).code).toBe(2);
});
