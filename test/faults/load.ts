import { type Agent, get } from "node:http";

/** What a client of the service saw. */
export interface Load {
  readonly answers: number;
  /** Connections that failed, statuses of 500 and above, and bodies that are not the right one. */
  readonly errors: number;
  /** One each request, the fastest first. */
  readonly latenciesMs: readonly number[];
}

export interface LoadParts {
  readonly url: string;
  readonly requests: number;
  readonly concurrency: number;
  readonly agent: Agent;
}

/** Sends requests, so many at once, each client one behind the other. Never rejects. */
export async function load({ url, requests, concurrency, agent }: LoadParts): Promise<Load> {
  const latenciesMs: number[] = [];
  let left = requests;
  let errors = 0;
  async function client(): Promise<void> {
    while (left-- > 0) {
      const beganMs = performance.now();
      if (!(await request(url, agent))) errors++;
      latenciesMs.push(performance.now() - beganMs);
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, client));
  latenciesMs.sort((a, b) => a - b);
  return { answers: latenciesMs.length - errors, errors, latenciesMs };
}

function request(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (body += part));
      response.on("end", () => resolve(response.statusCode === 200 && body === "hello"));
      response.on("error", () => resolve(false));
    }).on("error", () => resolve(false));
  });
}
