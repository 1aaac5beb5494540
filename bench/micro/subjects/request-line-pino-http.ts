import type { Subject } from "../../harness/subject.ts";
import { CountedLines, makeRequest } from "./ended-request.ts";

/** A request's line by pino-http, as it comes. */
const subject: Subject = {
  name: "pino-http, a line a request",
  packages: ["pino", "pino-http"],
  async setup() {
    const { pinoHttp } = await import("pino-http");
    const { pino } = await import("pino");
    const out = new CountedLines();
    const log = pinoHttp({ logger: pino({ level: "info" }, out) });
    return {
      async run(times) {
        for (let i = 0; i < times; i++) {
          const { request, response } = makeRequest();
          log(request, response);
          response.emit("finish");
          response.emit("close");
        }
      },
      counted: () => out.lines,
    };
  },
};

export default subject;
