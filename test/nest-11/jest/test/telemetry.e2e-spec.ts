import { type INestApplication, Module } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { createTelemetry, OptionError, TelemetryModule } from "@gossamer/nestjs";
import { createLogger } from "@gossamer/pino";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import request from "supertest";
import type { App } from "supertest/types";
import { AppController } from "../src/app.controller";
import { AppService } from "../src/app.service";

describe("the app's telemetry", () => {
  let test: TestTelemetry;
  let app: INestApplication<App>;
  const lines: string[] = [];

  beforeEach(async () => {
    test = createTestTelemetry();
    createLogger(test.telemetry, { destination: { write: (line: string) => void lines.push(line) }, level: "info" });
    @Module({
      imports: [TelemetryModule.forRoot(test.telemetry)],
      controllers: [AppController],
      providers: [AppService],
    })
    class TestModule {}
    const fixture = await Test.createTestingModule({ imports: [TestModule] }).compile();
    app = fixture.createNestApplication();
    await app.init();
  });
  afterEach(async () => {
    await app.close();
    await test.stop();
  });

  it("has the span of a request, that of a method in it, and a line", async () => {
    await request(app.getHttpServer()).get("/hello/world").expect(200);
    const root = test.span("GET /hello/:name");
    expect(root.attributes).toMatchObject({ "app.tier": "gold", "app.name": "world" });
    expect(test.span("greet")).toMatchObject({ traceId: root.traceId, parentSpanId: root.spanId });
    expect(lines.join("")).toContain(root.traceId);
  });
});

it("a part that few services use is loaded, and a wrong option is an OptionError", () => {
  const start = () => createTelemetry({ exporter: "none", rules: [{ match: "/a", ratio: 2 }] });
  expect(start).toThrow(OptionError);
});
