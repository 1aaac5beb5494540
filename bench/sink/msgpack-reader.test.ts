import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgpackReader } from "./msgpack-reader.ts";

const reader = (...bytes: number[]): MsgpackReader => new MsgpackReader(Buffer.from(bytes));

test("numbers of every width are read", () => {
  const values: [number, number[]][] = [
    [127, [0x7f]],
    [-1, [0xff]],
    [200, [0xcc, 200]],
    [0x1234, [0xcd, 0x12, 0x34]],
    [0x12345678, [0xce, 0x12, 0x34, 0x56, 0x78]],
    [2 ** 32, [0xcf, 0, 0, 0, 1, 0, 0, 0, 0]],
    [-2, [0xd0, 0xfe]],
    [-2, [0xd1, 0xff, 0xfe]],
    [-2, [0xd2, 0xff, 0xff, 0xff, 0xfe]],
    [-2, [0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]],
    [1.5, [0xca, 0x3f, 0xc0, 0, 0]],
    [1.5, [0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
  ];
  for (const [value, bytes] of values) assert.equal(reader(...bytes).number(), value);
});

test("texts, arrays and maps have short and long heads", () => {
  for (const bytes of [[0xa1], [0xd9, 1], [0xda, 0, 1], [0xdb, 0, 0, 0, 1]])
    assert.equal(reader(...bytes, 97).text(), "a");
  for (const bytes of [[0x93], [0xdc, 0, 3], [0xdd, 0, 0, 0, 3]]) assert.equal(reader(...bytes).array(), 3);
  for (const bytes of [[0x83], [0xde, 0, 3], [0xdf, 0, 0, 0, 3]]) assert.equal(reader(...bytes).map(), 3);
});

test("a value of any type is skipped whole", () => {
  const values = [
    ...[[0xc0], [0xc2], [0xc3], [0x05], [0xe5], [0xcb, 0, 0, 0, 0, 0, 0, 0, 0], [0xd1, 0, 0]],
    ...[
      [0xc4, 2, 0, 0],
      [0xd4, 0, 0],
      [0xc7, 1, 9, 0],
      [0xa2, 97, 98],
      [0xd9, 1, 97],
    ],
    ...[[0x92, 0x01, 0x81, 0xa1, 97, 0x90], [0xdc, 0, 1, 0xc0], [0x80], [0xde, 0, 1, 0xa1, 97, 0xcc, 7]],
  ];
  for (const value of values) {
    const both = reader(...value, 0x2a);
    both.skip();
    assert.equal(both.number(), 42, `after ${value.join(" ")}`);
    assert.equal(both.atEnd, true);
  }
});

test("a type where another is due is an error", () => {
  assert.throws(() => reader(0xc0).number(), /Type 192 .* a number is due/);
  assert.throws(() => reader(0xa0).array(), /an array is due/);
  assert.throws(() => reader(0x90).map(), /a map is due/);
  assert.throws(() => reader(0x01).text(), /A text is due/);
  assert.throws(() => reader(0xa3, 97).text(), /ends 2 bytes early/);
});
