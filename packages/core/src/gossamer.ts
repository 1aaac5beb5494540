#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createClock } from "./model/clock.ts";
import { RandomPool, systemRandom } from "./model/random.ts";
import { MethodTable } from "./limits/methods.ts";
import { durationText } from "./options/validate/duration-text.ts";
import { ticketSecretCheck } from "./options/declare/ticket-secret-check.ts";
import { quoteValue } from "./model/checks/quote-value.ts";
import { maxTicketSeconds } from "./sampling/tickets/ticket-text.ts";
import { Tickets } from "./sampling/tickets/tickets.ts";
import { wantedTicket } from "./telemetry/sampling/wanted-ticket.ts";

const usage = `Usage: gossamer ticket [--route "GET /users/:id"] [--count 1] [--for 10m] [--secret-file <path>]

Prints a trace ticket: the value of the header gossamer-ticket with which a request is traced whole.
The secret is read from the file, or from GOSSAMER_TICKET_SECRET; of several, separated by commas, the first signs.
It is never an argument: those are seen by everybody on the machine.

  --route        for which requests, as in rules; all without it
  --count        how many requests it traces in each process, 1 to 10000
  --for          how long it is good: a number with ms, s, m or h, from 1s to 24h
  --secret-file  the file that holds the secret
`;
const longest = "from 1s to 24h, a number with ms, s, m or h such as 90s, 10m or 2h";

const [command, ...rest] = process.argv.slice(2);
if (command === "--help" || command === "-h" || command === "help") process.stdout.write(usage);
else if (command === "ticket") printTicket(rest);
else fail(usage, 2);

function printTicket(args: readonly string[]): void {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        route: { type: "string" },
        count: { type: "string" },
        for: { type: "string" },
        "secret-file": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    const { route, count, for: lasts, help } = values;
    if (help === true) {
      process.stdout.write(usage);
      return;
    }
    const forMs = lasts === undefined ? undefined : lifetimeOf(lasts);
    const tickets = new Tickets({
      secrets: secretsOf(values["secret-file"]),
      maxChecksPerSecond: 1,
      clock: createClock(),
      random: new RandomPool(systemRandom),
      methods: new MethodTable(undefined).names,
    });
    const ticket = wantedTicket(
      {
        ...(route === undefined ? {} : { route }),
        ...(count === undefined ? {} : { count: Number(count) }),
        ...(forMs === undefined ? {} : { forMs }),
      },
      tickets,
    );
    process.stdout.write(`${ticket}\n`);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // What the option is called here.
    fail(`${said.replace(/^Option "ticket\.(\w+)"/, "--$1")}\n`, 1);
  }
}

function lifetimeOf(text: string): number {
  const ms = durationText(text.trim());
  if (ms === undefined || ms < 1_000 || ms > maxTicketSeconds * 1_000)
    throw new Error(`--for must be ${longest}, got ${quoteValue(text)}.`);
  return ms;
}

function secretsOf(path: string | undefined): readonly string[] {
  const text = path === undefined ? process.env["GOSSAMER_TICKET_SECRET"] : readFileSync(path, "utf8");
  const where = path ?? "GOSSAMER_TICKET_SECRET";
  const secrets = (text ?? "")
    .split(/[,\n]/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== "");
  return ticketSecretCheck.validate(secrets, where) as readonly string[];
}

function fail(text: string, code: number): void {
  process.stderr.write(text);
  process.exitCode = code;
}
