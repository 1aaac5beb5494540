import { expect, it } from "vitest";
import { preview } from "./preview.ts";

it("shows beside a line what its message does not say already (R-D3)", () => {
  const attributes = {
    "http.request.method": "GET",
    "http.response.status_code": 404,
    trace_flags: "03",
    note: "",
    "url.path": "/nowhere",
    ids: [1, 2],
    long: "x".repeat(60),
    fifth: true,
    sixth: true,
  };
  expect(preview({ message: "GET 404", attributes })).toBe(
    `url.path=/nowhere ids=[1,2] long=${"x".repeat(40)} fifth=true`,
  );
});
