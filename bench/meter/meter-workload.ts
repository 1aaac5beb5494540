import { appendFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Telemetry, TelemetryEngine } from "@gossamer/core";

// From the workspace, whose packages see each other.
const { resolve } = createRequire(new URL("../../packages/express/package.json", import.meta.url));
const load = (specifier: string): Promise<unknown> => import(pathToFileURL(resolve(specifier)).href);

interface App extends RequestListener {
  use(middleware: unknown): void;
  get(path: string, handler: (request: { params: { id: string } }, response: Response) => void): void;
}

interface Response {
  json(value: object): void;
}

/** What the meter of a process said, beside the requests it said it of. */
export interface MeterLine {
  readonly requests: number;
  readonly directSeconds: number;
}

/** Requests that are let pass before the meter is believed: until then V8 is still compiling. */
const warmUp = 2_000;

/** A service on Express that leaves what its meter said, when it ends, as a line in the file that `METER_FILE` names. */
export default {
  async app(given?: TelemetryEngine): Promise<RequestListener> {
    const { default: express } = (await load("express")) as { default: () => App };
    const app = express();
    if (given !== undefined) {
      const { telemetry } = (await load("@gossamer/express")) as { telemetry(engine: Telemetry): unknown };
      app.use(telemetry(given));
      leaveMeter(app, given);
    }
    app.get("/orders/:id", (request, response) => response.json({ id: request.params.id, state: "shipped" }));
    return app;
  },
  requests: ["/orders/7", "/orders/8", "/orders/9"] as string[],
};

function leaveMeter(app: App, telemetry: Telemetry): void {
  let requests = 0;
  let before = 0;
  const spent = (): number => Object.values(telemetry.overhead()?.byPart ?? {}).reduce((sum, part) => sum + part, 0);
  app.use((_request: unknown, _response: unknown, next: () => void) => {
    requests++;
    if (requests === warmUp) before = spent();
    next();
  });
  process.on("exit", () => {
    const file = process.env["METER_FILE"];
    const line: MeterLine = { requests: requests - warmUp, directSeconds: spent() - before };
    if (file !== undefined && line.requests > 0) appendFileSync(file, `${JSON.stringify(line)}\n`);
  });
}
