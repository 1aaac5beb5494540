import { startOtlpReceiver } from "@gossamer/testing";
import { describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { lastLine, runNode } from "./consumers.ts";

const { folders, node22, node26 } = await installed(inject("consumers"));
const folder = folders["1.10.0"];

/** A loader of another library's, off the main thread: what is imported behind it may be a copy of what is required. */
const loader =
  '--import=data:text/javascript,import{register}from"node:module";register("data:text/javascript,export%20function%20resolve(a,b,c){return%20c(a,b)}")';

describe.each([
  ["22", node22],
  ["this", process.execPath],
  ["26", node26],
])("a service half of which is ES modules and half CommonJS, on Node %s", (_line, node) => {
  it.each([
    ["imported first", ["both-kinds.mjs"]],
    ["required first", ["both-kinds.cjs"]],
    ["imported first, behind a loader", [loader, "both-kinds.mjs"]],
    ["required first, behind a loader", [loader, "both-kinds.cjs"]],
  ])("has one engine, one context and one of every class: %s (E1)", async (_order, args) => {
    const receiver = await startOtlpReceiver();
    try {
      const ended = await runNode(args, { cwd: folder, endpoint: receiver.url, node });
      expect(lastLine(ended)).toEqual({
        names: ["core", "samplers", "express", "fastify", "pino"],
        same: true,
        refused: true,
        one: true,
      });
      expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
      expect(receiver.spans.map(({ name }) => name).toSorted()).toEqual(["GET /hello", "inner"]);
      expect(new Set(receiver.spans.map(({ traceId }) => traceId)).size).toBe(1);
    } finally {
      await receiver.close();
    }
  });
});
