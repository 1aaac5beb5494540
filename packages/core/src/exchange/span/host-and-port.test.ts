import { expect, test } from "vitest";
import { hostAndPort } from "./host-and-port.ts";

test.for<[string, string | undefined, number | undefined]>([
  ["shop.example", "shop.example", undefined],
  ["shop.example:8080", "shop.example", 8080],
  ["shop.example:", "shop.example", undefined],
  ["127.0.0.1:65535", "127.0.0.1", 65535],
  ["[::1]", "::1", undefined],
  ["[::1]:443", "::1", 443],
  ["::1", "::1", undefined],
  ["", undefined, undefined],
  [":80", undefined, undefined],
  ["[]:80", undefined, undefined],
  ["shop.example:0", undefined, undefined],
  ["shop.example:65536", undefined, undefined],
  ["shop.example:-1", undefined, undefined],
  ["shop.example:http", undefined, undefined],
  ["shop.example:8e1", undefined, undefined],
  ["shop.example:0x50", undefined, undefined],
  ["shop.example: 80", undefined, undefined],
])("the Host header %o means host %s, port %s (R-I1)", ([authority, host, port]) => {
  expect(hostAndPort(authority)).toEqual(host === undefined ? undefined : { host, port });
});
