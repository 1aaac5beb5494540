import { expect, test } from "vitest";
import { RouteTable } from "./route.ts";

test("a template has one handle, numbered from 0 (R-S4)", () => {
  const routes = new RouteTable();
  const users = routes.get("/users/:id");
  expect(users).toMatchObject({ id: 0, template: "/users/:id", options: {} });
  expect(routes.get("/orders").id).toBe(1);
  expect(routes.get("/users/:id")).toBe(users);
  expect(routes.size).toBe(2);
});

test("the same template with options of its own is another handle (R-S5)", () => {
  const routes = new RouteTable();
  const plain = routes.get("/report");
  const options = { trace: false };
  const silent = routes.get("/report", options);
  expect(silent).not.toBe(plain);
  expect(silent.options).toBe(options);
  expect(routes.get("/report", options)).toBe(silent);
  expect(routes.get("/report", { trace: false })).not.toBe(silent);
});

test("with more routes than the table holds, the rest share the overflow number and nothing grows (R-L5)", () => {
  const routes = new RouteTable(2);
  routes.get("/a");
  routes.get("/b");
  for (let i = 0; i < 100; i++) expect(routes.get(`/c/${i}`)).toMatchObject({ id: -1, template: `/c/${i}` });
  expect(routes.get("/a", { stream: true }).id).toBe(-1);
  expect(routes.size).toBe(2);
  expect(routes.get("/b").id).toBe(1);
});
