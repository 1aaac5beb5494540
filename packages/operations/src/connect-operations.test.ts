import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { telemetry as express5 } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { connectOperations } from "./index.ts";

/** A service as a code generator would describe it. */
function usersService(): DescService {
  const message = {
    name: "User",
    field: [
      {
        name: "name",
        jsonName: "name",
        number: 1,
        type: FieldDescriptorProto_Type.STRING,
        label: FieldDescriptorProto_Label.OPTIONAL,
      },
    ],
  };
  const method = (name: string) => ({ name, inputType: ".shop.v1.User", outputType: ".shop.v1.User" });
  const file = create(FileDescriptorProtoSchema, {
    name: "shop/v1/users.proto",
    package: "shop.v1",
    syntax: "proto3",
    messageType: [message],
    service: [{ name: "Users", method: [method("Get"), method("Lose")] }],
  });
  const service = createFileRegistry(file, () => undefined).getService("shop.v1.Users");
  if (service === undefined) throw new Error("the registry has the service");
  return service;
}

test("a request of Connect is named after its method, by Connect's and gRPC-web's protocol, and failing too (R-I13)", async () => {
  const made = createTestTelemetry();
  const users = usersService();
  const app = express();
  app.use(express5(made.telemetry));
  app.use(
    connectNodeAdapter({
      interceptors: [connectOperations(made.telemetry)],
      routes: (router) =>
        router.service(users, {
          get: () => ({ name: "Ada" }),
          lose: () => {
            throw new ConnectError("gone", Code.NotFound);
          },
        } as never),
    }),
  );
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await made.stop();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = (path: string, type = "application/json", body: string | Uint8Array<ArrayBuffer> = "{}") =>
    fetch(`${origin}/${path}`, { method: "POST", headers: { "content-type": type }, body });
  expect(await (await call("shop.v1.Users/Get")).json()).toEqual({ name: "Ada" });
  expect((await call("shop.v1.Users/Lose")).status).toBe(404);
  expect((await call("shop.v1.Users/Nothing")).status).toBe(404);
  await call("shop.v1.Users/Get", "application/grpc-web+proto", new Uint8Array(5));
  const spans = () => made.spans.map(({ name, attributes }) => [name, attributes["rpc.system.name"]]);
  await expect.poll(spans).toEqual([
    ["shop.v1.Users/Get", "connectrpc"],
    ["shop.v1.Users/Lose", "connectrpc"],
    ["POST", undefined],
    ["shop.v1.Users/Get", "grpc"],
  ]);
});
