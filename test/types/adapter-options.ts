// Never run: it holds when it compiles. Functions among the options know the requests of the framework they are for, in strict TypeScript, without a type
// being named.
import { createTelemetry as createOfCore, telemetry as ofProcess } from "@gossamer/core";
import * as ofExpress from "@gossamer/express";
import * as ofFastify from "@gossamer/fastify";
import * as ofNest from "@gossamer/nestjs";
import express, { type Request } from "express";
import { fastify, type FastifyRequest } from "fastify";
import { createServer, type IncomingMessage } from "node:http";

const tenant = (header: string | string[] | undefined): string | undefined => [header ?? []].flat()[0];

const app = express();
app.use(
  ofExpress.telemetry({
    trustIncoming: (request) => request.ip === "10.0.0.1" && request.get("x-inside") !== undefined,
    rollout: { ratio: 0.1, key: (request) => request.get("x-tenant") },
  }),
);
app.get("/why", (request, response) => response.json(ofExpress.telemetry.explain(request)));
ofExpress.createTelemetry({ trustIncoming: (request) => request.ip === "10.0.0.1" });
export const expressOptions: ofExpress.TelemetryOptions = { trustIncoming: (request) => request.secure };

const server = fastify();
server.register(ofFastify.telemetry, {
  trustIncoming: (request) => request.ip === "10.0.0.1" && request.routeOptions.url === "/inside",
  rollout: { ratio: 0.1, key: (request) => tenant(request.headers["x-tenant"]) },
});
server.get("/why", (request) => ofFastify.telemetry.explain(request));
server.get<{ Params: { id: string } }>("/why/:id", (request) => ofFastify.telemetry.explain(request));
ofFastify.createTelemetry({ trustIncoming: (request) => request.ip === "10.0.0.1" });
export const fastifyOptions: ofFastify.TelemetryOptions = { trustIncoming: ({ raw }) => raw.complete };

export const modules = [
  ofNest.TelemetryModule.forRoot({
    trustIncoming: (request) => request.headers["x-inside"] !== undefined,
    rollout: { ratio: 0.1, key: (request) => tenant(request.headers["x-tenant"]) ?? request.ip },
  }),
  ofNest.TelemetryModule.forRoot({ trustIncoming: (request: Request) => request.secure }),
  ofNest.TelemetryModule.forRoot({ trustIncoming: (request: FastifyRequest) => request.raw.complete }),
  ofNest.TelemetryModule.forRootAsync({
    useFactory: () => ({ trustIncoming: (request) => request.headers["x-inside"] !== undefined }),
  }),
  ofNest.TelemetryModule.forRootAsync({
    inject: ["proxies"],
    useFactory: (proxies: string[]) => ({ trustIncoming: ({ ip }: Request) => proxies.includes(ip ?? "") }),
  }),
];
ofNest.createTelemetry({ trustIncoming: (request) => request.method === "GET" });
export const why = (service: ofNest.TelemetryService, request: Request, other: FastifyRequest): unknown => [
  service.explain(request),
  service.explain(other),
];

// Core knows no framework: there the type is said, once.
createOfCore({ trustIncoming: (request: IncomingMessage) => request.headers["x-inside"] !== undefined });
createOfCore<IncomingMessage>({ rollout: { ratio: 0.1, key: ({ headers }) => tenant(headers["x-tenant"]) } });
createServer((request) => ofProcess.explain(request));
ofProcess.explain({ method: "GET", path: "/why", headers: { "x-tenant": ["a", "b"], "x-none": undefined } });

// @ts-expect-error Core does not know what a request has.
createOfCore({ trustIncoming: (request) => request.headers["x-inside"] !== undefined });
// @ts-expect-error A request of Express has no such member.
ofExpress.telemetry({ trustIncoming: (request) => request.insides });
// @ts-expect-error There is no such option.
ofExpress.createTelemetry({ trustIncomming: true });
// @ts-expect-error What is told in words has no such member.
ofProcess.explain({ methd: "GET" });
