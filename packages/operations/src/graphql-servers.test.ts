import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import { telemetry as express5 } from "@gossamer/express";
import { telemetry as fastify5 } from "@gossamer/fastify";
import { TelemetryModule } from "@gossamer/nestjs";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
import type { INestApplication } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { GraphQLModule } from "@nestjs/graphql";
import { MercuriusDriver, type MercuriusDriverConfig } from "@nestjs/mercurius";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import express from "express";
import Fastify, { type FastifyInstance } from "fastify";
import { createSchema, createYoga } from "graphql-yoga";
import mercurius from "mercurius";
import "reflect-metadata";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { apolloOperations, mercuriusOperations, yogaOperations } from "./index.ts";
import { describeGraphql, type GraphqlService, resolvers, typeDefs } from "./testing/graphql-suite.ts";

async function serve(listener: RequestListener): Promise<{ server: Server; origin: string }> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function close(server: Server): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

describeGraphql("Apollo Server 5 on Express 5", async (telemetry): Promise<GraphqlService> => {
  const apollo = new ApolloServer({ typeDefs, resolvers, plugins: [apolloOperations(telemetry)] });
  await apollo.start();
  const app = express();
  app.use(express5(telemetry));
  app.post("/graphql", express.json(), expressMiddleware(apollo));
  const { server, origin } = await serve(app);
  return {
    url: `${origin}/graphql`,
    close: async () => {
      await close(server);
      await apollo.stop();
    },
  };
});

describeGraphql("GraphQL Yoga 5, mounted in Express 5 without a route", async (telemetry): Promise<GraphqlService> => {
  const schema = createSchema({ typeDefs, resolvers });
  const yoga = createYoga({ schema, plugins: [yogaOperations(telemetry)], logging: false });
  const app = express();
  app.use(express5(telemetry));
  app.use("/graphql", yoga);
  const { server, origin } = await serve(app);
  return { url: `${origin}/graphql`, close: () => close(server) };
});

describeGraphql("Mercurius 16 on Fastify 5", async (telemetry): Promise<GraphqlService> => {
  const app = Fastify();
  await app.register(fastify5, telemetry as never);
  await app.register(mercurius, { schema: typeDefs, resolvers, allowBatchedQueries: true });
  app.graphql.addHook("preExecution", mercuriusOperations(telemetry));
  return { url: `${await app.listen({ port: 0, host: "127.0.0.1" })}/graphql`, close: () => app.close() };
});

async function nestService(app: INestApplication): Promise<GraphqlService> {
  await app.listen(0, "127.0.0.1");
  return { url: `${await app.getUrl()}/graphql`, close: () => app.close() };
}

describeGraphql("Nest 12 with the driver of Apollo", async (telemetry): Promise<GraphqlService> => {
  const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    typeDefs,
    resolvers,
    plugins: [apolloOperations(telemetry)],
  });
  const module = { module: class ApolloApp {}, imports: [TelemetryModule.forRoot(telemetry), graphql] };
  return nestService(await NestFactory.create(module, { logger: false, abortOnError: false }));
});

describeGraphql("Nest 12 with the driver of Mercurius", async (telemetry): Promise<GraphqlService> => {
  const graphql = GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    typeDefs,
    resolvers,
    hooks: { preExecution: mercuriusOperations(telemetry) },
  });
  const module = { module: class MercuriusApp {}, imports: [TelemetryModule.forRoot(telemetry), graphql] };
  return nestService(await NestFactory.create(module, new FastifyAdapter(), { logger: false, abortOnError: false }));
});

describe("a batch of Mercurius 16", () => {
  let made: TestTelemetry;
  let app: FastifyInstance;
  beforeEach(async () => {
    made = createTestTelemetry();
    app = Fastify();
    await app.register(fastify5, made.telemetry as never);
    await app.register(mercurius, { schema: typeDefs, resolvers, allowBatchedQueries: true });
    app.graphql.addHook("preExecution", mercuriusOperations(made.telemetry));
  });
  afterEach(async () => {
    await app.close();
    await made.stop();
  });

  test.each([
    ["one of several", [{ query: "query X { user } query Y { user }", operationName: "Y" }], "query Y"],
    [
      "the first of several requests",
      [
        { query: "query X { user } query Y { user }", operationName: "Y" },
        { query: "query X { user } query Z { user }", operationName: "Z" },
      ],
      "query Y",
    ],
    ["the only one, asked for by no name", { operationName: null, query: "query N { user }" }, "query N"],
  ])("is named after the operation that it asks for: %s (R-I13)", async (_what, payload, named) => {
    const answer = await app.inject({ method: "POST", url: "/graphql", payload });
    expect(answer.body).toContain("Ada");
    expect(made.spans.filter(({ kind }) => kind === "server").map(({ name }) => name)).toEqual([named]);
  });
});
