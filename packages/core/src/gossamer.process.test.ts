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
    [["ticket", "--count", "0"], "--count must be an integer from 1 to 10000, got 0."],
    ...["long", "2d", "10", "25h", "1ms"].map(
      (text) =>
        [
          ["ticket", "--for", text],
          `--for must be from 1s to 24h, a number with ms, s, m or h such as 90s, 10m or 2h, got '${text}'.`,
        ] as const,
    ),
    [["ticket", "--route", "users"], "--route must be a method and a route template such as"],
  ] as const) {
    const { code, out, errors } = await run(variables, ...args);
    expect([code, out]).toEqual([1, ""]);
    expect(errors).toContain(said);
    expect(errors).not.toContain("Option");
  }
  const short = await run({ GOSSAMER_TICKET_SECRET: "too-short" }, "ticket");
  expect(short.errors).toContain("must be a secret of 32 to 1000 characters");
  expect(short.errors).not.toContain("too-short");
  expect((await run(variables, "nothing")).code).toBe(2);
});

test("the command says how it is used when asked, without a secret (R-S20)", async () => {
  for (const args of [["--help"], ["help"], ["ticket", "--help"], ["ticket", "-h"]]) {
    const { code, out, errors } = await run({}, ...args);
    expect([code, errors]).toEqual([0, ""]);
    expect(out).toContain("Usage: gossamer ticket");
    expect(out).toContain("ms, s, m or h");
  }
});
