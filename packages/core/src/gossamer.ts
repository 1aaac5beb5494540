#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createClock } from "./model/clock.ts";
import { RandomPool, systemRandom } from "./model/random.ts";
import { MethodTable } from "./limits/methods.ts";
import { durationText } from "./options/validate/duration-text.ts";
import { ticketSecretCheck } from "./options/declare/ticket-secret-check.ts";
import { Tickets } from "./sampling/tickets/tickets.ts";
import { wantedTicket } from "./telemetry/sampling/wanted-ticket.ts";

const usage = `gossamer ticket [--route "GET /users/:id"] [--count 1] [--for 10m] [--secret-file <path>]

Prints a trace ticket: the value of the header gossamer-ticket with which a request is traced whole.
The secret is read from the file, or from GOSSAMER_TICKET_SECRET; of several, separated by commas, the first signs.
It is never an argument: those are seen by everybody on the machine.
`;

const [command, ...rest] = process.argv.slice(2);
if (command === "ticket") printTicket(rest);
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
      },
    });
    const { route, count, for: lasts } = values;
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
        ...(lasts === undefined ? {} : { forMs: durationText(lasts) ?? Number.NaN }),
      },
      tickets,
    );
    process.stdout.write(`${ticket}\n`);
  } catch (error) {
    fail(`${error instanceof Error ? error.message : String(error)}\n`, 1);
  }
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
