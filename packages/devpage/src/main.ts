#!/usr/bin/env node
// `npx @gossamer/devpage --otlp 4318`: the page of what other processes send.
import { parseArgs } from "node:util";
import { ListenError } from "./listen.ts";
import { openOtlpPage } from "./open-otlp-page.ts";

const help = `Usage: gossamer-devpage --otlp 4318 [--port 9797] [--host 127.0.0.1]

Shows what other processes send by OTLP over HTTP, as protobuf or JSON:
  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 node app.js

  --otlp   where they send to
  --port   where the page is, for this machine alone; the next that is free
  --host   where OTLP is taken; 0.0.0.0 for other machines and containers too
`;

function portOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new RangeError(`--${name} must be a port, got ${text}`);
  return Number(text);
}

try {
  const { values } = parseArgs({
    options: {
      otlp: { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) process.stdout.write(help);
  else if (values.otlp === undefined) {
    process.stderr.write(help);
    process.exitCode = 1;
  } else {
    const [otlpPort, port] = [portOf(values.otlp, "otlp"), portOf(values.port, "port")];
    await openOtlpPage({
      keepAlive: true,
      ...(otlpPort === undefined ? {} : { otlpPort }),
      ...(port === undefined ? {} : { port }),
      ...(values.host === undefined ? {} : { host: values.host }),
    });
  }
} catch (error) {
  const isUsage = !(error instanceof ListenError);
  process.stderr.write(
    `gossamer: ${error instanceof Error ? error.message : String(error)}\n${isUsage ? `\n${help}` : ""}`,
  );
  process.exitCode = 1;
}
