import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import compress from "@fastify/compress";
import multipart from "@fastify/multipart";
import fastifyStatic from "@fastify/static";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { identityNow, openRaw } from "@gossamer/testing/contract";
import compression from "compression";
import express, { type ErrorRequestHandler } from "express";
import { fastify } from "fastify";
import morgan from "morgan";
import multer from "multer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { begun } from "./begun.ts";
import { listening } from "./listening.ts";
import { aborted, settled } from "./settled.ts";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry();
});
afterEach(() => kit.stop());

/** This folder, served as files. */
const root = fileURLToPath(new URL(".", import.meta.url));
const text = "a line that is told again and again\n".repeat(400);

/** Both frameworks with the libraries that change, cut and read bodies. */
const frameworks: readonly (readonly [string, (observed: boolean, lines?: string[]) => Promise<Server>])[] = [
  [
    "Express with compression, express.static, multer and morgan",
    async (observed, lines = []) => {
      const app = express();
      if (observed) app.use(expressTelemetry(kit.telemetry));
      morgan.token("trace", () => identityNow().traceId);
      app.use(morgan(":status :trace", { stream: { write: (line) => void lines.push(line.trim()) } }));
      app.use(compression());
      app.get("/text", (_request, response) => void response.type("text").send(text));
      app.use("/files", express.static(root));
      app.post("/upload", multer({ storage: multer.memoryStorage() }).single("file"), (request, response) => {
        response.send(`${request.file?.size}`);
      });
      const answers: ErrorRequestHandler = (_error, _request, response, _next) => void response.status(400).send("no");
      app.use(answers);
      return Promise.resolve(createServer(app));
    },
  ],
  [
    "Fastify with @fastify/compress, @fastify/static and @fastify/multipart",
    async (observed) => {
      const app = fastify();
      if (observed) await app.register(fastifyTelemetry, kit.telemetry);
      await app.register(compress);
      await app.register(fastifyStatic, { root, prefix: "/files/" });
      await app.register(multipart);
      app.get("/text", (_request, reply) => reply.type("text/plain").send(text));
      app.post("/upload", async (request) => {
        const file = await request.file();
        return `${(await file?.toBuffer())?.length}`;
      });
      await app.ready();
      return app.server;
    },
  ],
];

const boundary = "x-boundary";

function part(size: number): string {
  const head = `Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream`;
  return `--${boundary}\r\n${head}\r\n\r\n${"a".repeat(size)}\r\n--${boundary}--\r\n`;
}

describe.for(frameworks)("%s", ([, make]) => {
  /** What a client sees of an answer: `Date` and how the connection is kept come and go. */
  async function answersOf(port: number): Promise<[number, ...unknown[]][]> {
    const requests: [string, RequestInit][] = [
      ["/text", { headers: { "accept-encoding": "gzip" } }],
      ["/text", { headers: { "accept-encoding": "identity" } }],
      ["/files/settled.ts", { headers: { range: "bytes=0-9" } }],
      ["/files/settled.ts", { headers: { range: "bytes=900000-" } }],
      ["/files/settled.ts", { method: "HEAD" }],
      ["/files/nothing.ts", {}],
      [
        "/upload",
        { method: "POST", headers: { "content-type": `multipart/form-data; boundary=${boundary}` }, body: part(5_000) },
      ],
    ];
    const answers: [number, ...unknown[]][] = [];
    for (const [path, request] of requests) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, request);
      const headers = [...answer.headers].filter(([name]) => name !== "date");
      answers.push([answer.status, headers, await answer.text()]);
    }
    return answers;
  }

  test("compressed, whole, partial and empty bodies are the same as without telemetry, with one complete record per request (R-A9, R-M1)", async () => {
    const bare = await listening(await make(false), answersOf);
    await listening(await make(true), async (port) => {
      const answers = await answersOf(port);
      expect(answers).toEqual(bare);
      const spans = await settled(kit, answers.length);
      expect(answers.map(([status]) => status).slice(0, 3)).toEqual([200, 200, 206]);
      expect(spans.map(({ attributes }) => attributes["http.response.status_code"])).toEqual(
        answers.map(([status]) => status),
      );
      expect(await aborted(kit)).toBe(0);
    });
  });

  test("an upload whose client leaves midway counts as aborted once, and no request stays active (R-A9, R-M2)", async () => {
    await listening(await make(true), async (port) => {
      const connection = await openRaw(port);
      const head = ["POST /upload HTTP/1.1", "Host: x", `Content-Type: multipart/form-data; boundary=${boundary}`];
      const hasBegun = begun();
      connection.write(`${head.join("\r\n")}\r\nContent-Length: 900000\r\n\r\n${part(20_000).slice(0, -20)}`);
      await hasBegun;
      connection.socket.destroy();
      const [span] = await settled(kit, 1);
      expect([await aborted(kit), span?.attributes["error.type"]]).toEqual([1, "aborted"]);
      expect(span?.attributes["http.response.status_code"]).toBeUndefined();
    });
  });

  test("a download whose client leaves midway counts as aborted once, with the status that was sent (R-A9, R-M2)", async () => {
    await listening(await make(true), async (port) => {
      const connection = await openRaw(port);
      connection.write("GET /text HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
      await connection.until("200 OK");
      connection.socket.destroy();
      const [span] = await settled(kit, 1);
      expect(span?.attributes["http.response.status_code"]).toBe(200);
    });
  });
});

test("morgan's line is written in the request's context, whether the response finished or the client left (R-G1, C11)", async () => {
  const lines: string[] = [];
  const [, make] = frameworks[0]!;
  await listening(await make(true, lines), async (port) => {
    await (await fetch(`http://127.0.0.1:${port}/text`)).text();
    const connection = await openRaw(port);
    const hasBegun = begun();
    connection.write(
      "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n",
    );
    await hasBegun;
    connection.socket.destroy();
    const spans = await settled(kit, 2);
    await expect.poll(() => lines.length).toBe(2);
    expect(lines.map((line) => line.split(" ")[1])).toEqual(spans.map(({ traceId }) => traceId));
  });
});
