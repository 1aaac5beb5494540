import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { sdkLines } from "../interop/lines.ts";
import { modes, runService } from "../interop/run-service.ts";
import { installed } from "../setup/install-meanwhile.ts";
import { type DatabaseServer, startPostgres, startRedis } from "../../examples/databases/servers.ts";

const folders = await installed(inject("interop"));
let postgres: DatabaseServer;
let redis: DatabaseServer;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
afterAll(async () => void (await Promise.all([postgres.end(), redis.end()])));

describe.each(sdkLines)(
  "a service with the instrumentations of $sdk, on a real PostgreSQL and a real Redis",
  (line) => {
    it.each(modes)("has its queries as children of its requests, in the mode %s (R-I5)", async (mode) => {
      const { ours, theirs, answers } = await runService(line, folders[line.folder] ?? "", mode, {
        postgresPort: postgres.port,
        redisPort: redis.port,
      });
      const all = [...ours, ...theirs];
      const request = all.find(
        ({ kind, spanId }) =>
          kind === 2 && all.some((span) => span.parentSpanId === spanId && span.name.startsWith("pg.query")),
      );
      expect(answers.length).toBeGreaterThan(0);
      const children = all.filter(({ parentSpanId }) => parentSpanId === request?.spanId).map(({ name }) => name);
      expect(children).toContain("pg.query:SELECT d");
      expect(children).toContain("get");
    });
  },
);
