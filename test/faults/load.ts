import { type Agent, get } from "node:http";

/** What a client of the service saw. */
export interface Load {
  readonly answers: number;
  /** Connections that failed, statuses of 500 and above, and bodies that are not the right one. */
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadParts {
  readonly url: string;
  readonly requests: number;
  readonly concurrency: number;
  readonly agent: Agent;
}

/** Sends requests, so many at once, each client one behind the other. Never rejects. */
export async function load({ url, requests, concurrency, agent }: LoadParts): Promise<Load> {
  const latencies: number[] = [];
  let left = requests;
  let errors = 0;
  async function client(): Promise<void> {
    while (left-- > 0) {
      const beganMs = performance.now();
      if (!(await request(url, agent))) errors++;
      latencies.push(performance.now() - beganMs);
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, client));
  latencies.sort((a, b) => a - b);
  const quantile = (q: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
  return { answers: latencies.length - errors, errors, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
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
