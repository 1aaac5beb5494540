import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import request from "supertest";
import type { App } from "supertest/types";
import { AppModule } from "../src/app.module";

describe("the app as it is", () => {
  let app: INestApplication<App>;

  beforeEach(async () => {
    const fixture = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = fixture.createNestApplication();
    await app.init();
  });
  afterEach(() => app.close());

  it("answers", () => request(app.getHttpServer()).get("/hello/world").expect(200).expect("Hello world!"));
  it("answers again, in an app of its own", () => request(app.getHttpServer()).get("/nowhere").expect(404));
});
