import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { type ContractCase, openRaw, PaymentError, rawExchange, type Seen } from "@gossamer/testing/contract";
import { context, createContextKey } from "@opentelemetry/api";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { withApp, withPlainApp } from "./with-app.ts";

const telemetry = { internalSpans: true };

/** The steps of a request by name, and which of them failed. */
function stepsOf({ spans }: Seen, request: Seen["requests"][number] | undefined): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === request?.spanId)
    .map(({ name, status }) => (status.code === 2 ? `${name} failed: ${status.message}` : name))
    .toSorted();
}

const later = async (): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 2));
};

/** As the builders of queries are: it begins each time it is asked. */
class LazyQuery {
  #asked = 0;

  // oxlint-disable-next-line unicorn/no-thenable
  then(resolve: (payload: unknown) => void): void {
    this.#asked++;
    setTimeout(() => resolve({ asked: this.#asked }), 2);
  }
}

/** Every way in which a hook or a handler of Fastify 5 says that it is done, that it answers, or that it failed. */
function everyStyle(app: FastifyInstance): readonly string[] {
  const ends: Record<string, (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => unknown> =
    {
      "calls-on": (_request, _reply, done) => done(),
      "calls-on-later": (_request, _reply, done) => void setTimeout(done, 2),
      fails: (_request, _reply, done) => done(new PaymentError("declined")),
      throws() {
        throw new PaymentError("thrown");
      },
      resolves: later,
      rejects: async () => {
        await later();
        throw new PaymentError("rejected");
      },
      "rejects-nothing": () => Promise.reject(undefined),
      answers: (_request, reply) => void reply.code(401).send({ no: "entry" }),
      "answers-and-calls-on": (_request, reply, done) => {
        reply.code(401).send("no");
        done();
      },
      "answers-later": (_request, reply) => void setTimeout(() => reply.code(403).send("later"), 2),
      "answers-async": async (_request, reply) => reply.code(403).send("async"),
      "returns-the-reply": (_request, reply) => reply.code(404).send("mine"),
      hijacks: (_request, reply) => {
        reply.hijack();
        reply.raw.end("raw");
      },
    };
  const paths: string[] = [];
  for (const [style, run] of Object.entries(ends)) {
    for (const hook of ["onRequest", "preValidation", "preHandler"] as const) {
      app.get(`/${hook}/${style}`, { [hook]: run }, async () => "served");
      paths.push(`/${hook}/${style}`);
    }
    if (style.includes("answers") || style.includes("reply") || style === "hijacks") continue;
    app.get(`/onSend/${style}`, {
      onSend: (request, reply, _payload, done) => run(request, reply, done) as Promise<unknown>,
      handler: async () => "served",
    });
    app.get(`/preSerialization/${style}`, {
      preSerialization: (request, reply, payload, done) =>
        run(request, reply, (error) =>
          done((error ?? null) as null, { ...(payload as object), more: 1 }),
        ) as Promise<unknown>,
      handler: async () => ({ served: 1 }),
    });
    app.get(`/onError/${style}`, {
      onError: (request, reply, _error, done) => void run(request, reply, () => done()),
      handler: async () => {
        throw new PaymentError("by the handler");
      },
    });
    paths.push(`/onSend/${style}`, `/preSerialization/${style}`);
    if (style.startsWith("calls")) paths.push(`/onError/${style}`);
  }
  const handlers: Record<string, (request: FastifyRequest, reply: FastifyReply) => unknown> = {
    "returns-a-promise": async () => ({ a: 1 }),
    "returns-a-value": () => ({ a: 1 }),
    "returns-the-reply": (_request, reply) => reply.send("x"),
    sends: (_request, reply) => void reply.send({ a: 1 }),
    "sends-later": (_request, reply) => void setTimeout(() => reply.send("later"), 2),
    "sends-and-goes-on": async (_request, reply) => {
      reply.send("x");
      await later();
    },
    "sends-a-stream": (_request, reply) => void reply.send(Readable.from(["one ", "two"])),
    "answers-a-lazy-thenable": () => new LazyQuery(),
    throws() {
      throw new PaymentError("thrown");
    },
    rejects: async () => {
      await later();
      throw new PaymentError("rejected");
    },
    "sends-an-error": (_request, reply) => void reply.code(418).send(new PaymentError("sent")),
    hijacks: (_request, reply) => {
      reply.hijack();
      setTimeout(() => reply.raw.end("raw"), 2);
    },
    "calls-not-found": (_request, reply) => reply.callNotFound(),
  };
  for (const [style, handler] of Object.entries(handlers)) {
    app.get(`/handler/${style}`, handler as never);
    paths.push(`/handler/${style}`);
  }
  return [...paths, "/nothing-here"];
}

/** `internalSpans`: a span for each hook and handler, and nothing else is different. */
export const fastifyStepCases: readonly ContractCase[] = [
  {
    title:
      "internalSpans gives each hook and the handler sibling spans, named after function or plugin, with Fastify's usual attributes (R-I1)",
    telemetry,
    run: (world) =>
      withApp(
        world,
        async (app) => {
          await app.register(async function accounts(inner) {
            // Only the plugin has a name.
            inner.addHook("preValidation", ...[async () => {}]);
            inner.addHook("preHandler", function authenticate(_request, _reply, done) {
              world.telemetry.span("look up the session", () => {});
              setTimeout(done, 2);
            });
            inner.addHook("preSerialization", async function wrapData(_request, _reply, payload) {
              return { data: payload };
            });
            inner.addHook("onSend", function addHeader(_request, reply, payload, done) {
              reply.header("x-added", "1");
              done(null, payload);
            });
            inner.addHook("onResponse", async function countIt() {});
            inner.get(
              "/accounts/:id",
              {
                async onRequest() {},
                preParsing: function measure(_request, _reply, _payload, done) {
                  done();
                },
              },
              async function getAccount() {
                await later();
                return { id: 7 };
              },
            );
            inner.get("/plain", async () => "x");
          });
        },
        async (app) => {
          const answer = await app.get("/accounts/7");
          assert.deepEqual([answer.body, answer.headers["x-added"]], ['{"data":{"id":7}}', "1"]);
          const seen = await world.settle(1);
          const request = seen.requests[0];
          assert.deepEqual(stepsOf(seen, request), [
            "handler getAccount",
            "onRequest onRequest",
            "onResponse countIt",
            "onSend addHeader",
            "preHandler authenticate",
            "preParsing measure",
            "preSerialization wrapData",
            "preValidation accounts",
          ]);
          assert.deepEqual(seen.span("preValidation accounts").attributes, {
            "fastify.type": "hook",
            "hook.name": "preValidation",
            "hook.callback.name": "anonymous",
            "plugin.name": "accounts",
          });
          assert.deepEqual(seen.span("preParsing measure").attributes, {
            "fastify.type": "route-hook",
            "hook.name": "preParsing",
            "hook.callback.name": "measure",
          });
          assert.deepEqual(seen.span("handler getAccount").attributes, {
            "fastify.type": "request-handler",
            "hook.callback.name": "getAccount",
          });
          const authenticate = seen.span("preHandler authenticate");
          assert.equal(seen.span("look up the session").parentSpanId, authenticate.spanId);
          const { startTimeUnixNano: startedAt, endTimeUnixNano: endedAt } = authenticate;
          assert.ok(endedAt - startedAt >= 1_000_000n);
          assert.ok(seen.span("handler getAccount").startTimeUnixNano >= endedAt);
          await app.get("/plain");
          const second = await world.settle(2);
          assert.ok(second.spans.some(({ name }) => name === "handler /plain"));
        },
      ),
  },
  {
    title:
      "with internalSpans, every style of hook and handler answers as before, gets one complete record and leaves no span open (R-I1)",
    telemetry,
    async run(world) {
      const answers: string[][] = [];
      let paths: readonly string[] = [];
      const ask = async ({ port }: { readonly port: number }): Promise<void> => {
        const received: string[] = [];
        for (const path of paths) {
          const text = await rawExchange(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
          received.push(`${path} ${text.replace(/^date: .*$/im, "")}`);
        }
        answers.push(received);
      };
      await withPlainApp(world, (app) => void (paths = everyStyle(app)), ask);
      await withApp(world, everyStyle, ask);
      assert.deepEqual(answers[1], answers[0]);
      const seen = await world.settle(paths.length);
      assert.deepEqual(world.telemetry.status().faults, {});
      assert.equal(world.telemetry.status().spans.live, 0);
      const steps = (path: string): readonly string[] => stepsOf(seen, seen.request(path));
      assert.deepEqual(steps("/preHandler/fails"), ["preHandler fails failed: declined"]);
      assert.deepEqual(steps("/preHandler/throws"), ["preHandler throws failed: thrown"]);
      assert.deepEqual(steps("/onSend/rejects"), [
        "handler handler",
        // The hooks see the failed one's answer too.
        "onSend onSend failed: rejected",
        "onSend onSend failed: rejected",
      ]);
      assert.deepEqual(steps("/preHandler/answers"), ["preHandler answers"]);
      assert.deepEqual(steps("/handler/sends-later"), ["handler sends-later"]);
      assert.deepEqual(steps("/handler/rejects"), ["handler rejects failed: rejected"]);
      assert.deepEqual(steps("/nothing-here"), ["handler basic404"]);
      assert.deepEqual(steps("/handler/calls-not-found"), ["handler calls-not-found"]);
    },
  },
  {
    title:
      "internalSpans covers hooks added before the plugin, those of encapsulated plugins, and not-found handlers, each once (R-I1)",
    telemetry,
    run: (world) =>
      withPlainApp(
        world,
        async (app) => {
          // Nobody waits for the plugin: it is loaded after the route and before the hooks.
          app.register(fastifyTelemetry, world.telemetry);
          app.register(fastifyTelemetry, world.telemetry);
          app.addHook("preHandler", function first(_request, _reply, done) {
            done();
          });
          app.get("/old", { preHandler: [async function own() {}] }, async function oldHandler() {
            return "x";
          });
          app.register(
            async (inner) => {
              await inner.register(fastifyTelemetry, world.telemetry);
              inner.addHook("preHandler", async function second() {});
              inner.get("/inner", async function innerHandler() {
                return "x";
              });
              inner.setNotFoundHandler(
                {
                  preHandler: async function lookAround() {},
                },
                async function nowhere(_request, reply) {
                  return reply.code(404).send("nowhere");
                },
              );
              inner.get("/gone", function gone(_request, reply) {
                reply.callNotFound();
              });
            },
            { prefix: "/plugin" },
          );
        },
        async (app) => {
          const paths = ["/old", "/plugin/inner", "/plugin/gone", "/plugin/nothing", "/nothing"];
          // The first request of a route finds its steps, the second has them.
          for (const path of [...paths, ...paths]) await app.get(path);
          const seen = await world.settle(10);
          const steps = seen.requests.map((request) => stepsOf(seen, request));
          assert.deepEqual(steps.slice(0, 5), [
            ["handler oldHandler", "preHandler first", "preHandler own"],
            ["handler innerHandler", "preHandler first", "preHandler second"],
            // The steps that it passes the request to run inside of the one that does.
            ["handler gone", "preHandler first", "preHandler second"],
            ["handler nowhere", "preHandler first", "preHandler lookAround", "preHandler second"],
            ["handler basic404", "preHandler first"],
          ]);
          assert.deepEqual(steps.slice(5), steps.slice(0, 5));
          assert.equal(seen.spans.filter(({ name }) => name === "handler nowhere").length, 4);
          assert.deepEqual(world.telemetry.status().faults, {});
        },
      ),
  },
  {
    title: "with internalSpans, hooks and handlers keep their this, and what they put into the context stays (R-I1)",
    telemetry,
    async run(world) {
      const key = createContextKey("tenant");
      const seen: unknown[] = [];
      await withApp(
        world,
        (app) => {
          app.decorate("shop", "books");
          app.addHook("onRequest", function setTenant(this: FastifyInstance, _request, _reply, done) {
            seen.push(this.getDecorator("shop"));
            context.with(context.active().setValue(key, "acme"), done);
          });
          app.addHook("preHandler", (_request, _reply, done) => {
            world.telemetry.span("around the rest", () => done());
          });
          app.addHook("onSend", async () => void seen.push(context.active().getValue(key)));
          app.get("/", function handle(this: FastifyInstance, _request, reply) {
            seen.push(this.getDecorator("shop"), context.active().getValue(key));
            context.with(context.active().setValue(key, "other"), () => reply.send("x"));
          });
        },
        async (app) => {
          assert.equal((await app.get("/")).body, "x");
          const arrived = await world.settle(1);
          assert.deepEqual(seen, ["books", "books", "acme", "other"]);
          const request = arrived.requests[0];
          assert.equal(arrived.span("preHandler anonymous").parentSpanId, request?.spanId);
          const around = arrived.span("around the rest");
          assert.equal(around.parentSpanId, arrived.span("preHandler anonymous").spanId);
          assert.equal(arrived.span("handler handle").parentSpanId, around.spanId);
          assert.equal(arrived.span("onSend anonymous").parentSpanId, request?.spanId);
        },
      );
    },
  },
  {
    title:
      "with internalSpans, a hook or handler that never finishes leaves no span open once its client has left (R-I1)",
    telemetry,
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/hook", { preHandler: function waits() {} as never }, async () => "never");
          app.get("/handler", function waits() {});
        },
        async ({ port }) => {
          for (const path of ["/hook", "/handler"]) {
            const connection = await openRaw(port);
            connection.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
            await later();
            connection.reset();
          }
          const seen = await world.settle(2);
          assert.equal(world.telemetry.status().spans.live, 0);
          assert.deepEqual(
            seen.requests.map((request) => stepsOf(seen, request)),
            [["preHandler waits"], ["handler waits"]],
          );
        },
      ),
  },
  {
    title: "without internalSpans, Fastify's hooks and handlers are untouched and get no span (R-I1)",
    async run(world) {
      const frames: (string | undefined)[] = [];
      const build = (app: FastifyInstance): void => {
        app.addHook("preHandler", async function looks() {
          frames.push(new Error("here").stack?.split("\n").slice(2, 3).join());
        });
        app.get("/", async () => "x");
      };
      await withPlainApp(world, build, async (app) => void (await app.get("/")));
      await withApp(world, build, async ({ app, get }) => {
        await get("/");
        assert.equal((await world.settle(1)).spans.length, 1);
        assert.doesNotMatch(app.printRoutes({ includeHooks: true }), /gossamerSend/);
      });
      assert.equal(frames[1], frames[0]);
    },
  },
];
