import { type Telemetry } from "@gossamer/core";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { afterEach, describe, expect, test } from "vitest";

export const typeDefs = "type Query { user(id: ID): String } type Mutation { rename(name: String): String }";
export const resolvers = {
  Query: { user: (): string => "Ada" },
  Mutation: { rename: (): string => "done" },
};

/** A GraphQL service that is up. */
export interface GraphqlService {
  readonly url: string;
  close(): Promise<unknown>;
}

/** What names of operations do, on one GraphQL server with its helper mounted. */
export function describeGraphql(server: string, start: (engine: Telemetry) => Promise<GraphqlService>): void {
  describe(`on ${server}`, () => {
    let made: TestTelemetry | undefined;
    let service: GraphqlService | undefined;

    afterEach(async () => {
      await service?.close();
      await made?.stop();
    });

    async function serve(options: Parameters<typeof createTestTelemetry>[0] = {}): Promise<TestTelemetry> {
      made = createTestTelemetry(options);
      service = await start(made.telemetry);
      return made;
    }

    async function ask(query: string, operationName?: string): Promise<unknown> {
      const response = await fetch(service?.url ?? "", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, operationName }),
      });
      return response.json();
    }

    const serverSpans = ({ spans }: TestTelemetry): string[] =>
      spans.filter(({ kind }) => kind === "server").map(({ name: called }) => called);

    test("not everything is POST /graphql: span and metric have the operation's name and type (R-I13)", async () => {
      const telemetry = await serve();
      expect(await ask("query GetUser { user }")).toEqual({ data: { user: "Ada" } });
      expect(await ask("mutation Rename { rename }")).toEqual({ data: { rename: "done" } });
      await ask("query One { user } query Two { user }", "Two");
      await ask("{ user }");
      await expect
        .poll(() => serverSpans(telemetry))
        .toEqual(["query GetUser", "mutation Rename", "query Two", "query"]);
      const span = telemetry.span("query GetUser");
      expect(span.attributes).toMatchObject({
        "graphql.operation.name": "GetUser",
        "graphql.operation.type": "query",
        "http.request.method": "POST",
      });
      const points = await telemetry.points("http.server.request.duration");
      const told = points.map(({ attributes }) => [
        attributes["graphql.operation.type"],
        attributes["graphql.operation.name"],
      ]);
      expect(told).toEqual([
        ["query", "GetUser"],
        ["mutation", "Rename"],
        ["query", "Two"],
        ["query", undefined],
      ]);
    });

    test("a client makes no series by a name: beyond the bound, and for what is no valid request, there is one (R-I13)", async () => {
      const telemetry = await serve({ maxOperations: 3 });
      for (let i = 0; i < 8; i++) await ask(`query Made${i} { user }`);
      for (let i = 0; i < 4; i++) await ask(`query Wrong${i} { nothing }`);
      await ask("query");
      await ask(`query ${"x".repeat(300)} { user }`);
      const names = async (): Promise<unknown[]> => {
        const points = await telemetry.points("http.server.request.duration");
        return [...new Set(points.map(({ attributes }) => attributes["graphql.operation.name"]))];
      };
      await expect.poll(names).toEqual(expect.arrayContaining(["Made0", "Made1", "Made2", "_OTHER", undefined]));
      expect(await names()).toHaveLength(5);
      expect(telemetry.telemetry.status().operations).toEqual({ named: 9, overflow: 6 });
    });

    test("a rule may be for an operation, once the route is known to have them (R-I13, R-S4)", async () => {
      const telemetry = await serve({
        sampleRatio: 0,
        keep: { errors: 0, aborted: 0, slow: 0 },
        rules: [{ name: "reads", match: { operation: "graphql:Get*" }, ratio: 1 }],
      });
      // The first tells that requests to this route are named.
      await ask("query First { user }");
      for (const query of ["query GetUser { user }", "query Other { user }", "query GetMore { user }"])
        await ask(query);
      await expect.poll(() => serverSpans(telemetry)).toEqual(["query GetUser", "query GetMore"]);
      expect(telemetry.span("query GetUser").attributes["sampling.rule"]).toBe("reads");
    });
  });
}
