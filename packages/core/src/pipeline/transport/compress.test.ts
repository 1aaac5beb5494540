import { randomBytes } from "node:crypto";
import zlib, { gunzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { compress } from "./compress.ts";

const text = (length: number): Buffer =>
  Buffer.from("http.request.method GET ".repeat(Math.ceil(length / 24)).slice(0, length));

test.each([
  ["nothing", [Buffer.alloc(0)]],
  ["a small batch", [text(1_500)]],
  ["a batch of several parts", [text(1_500), text(20), text(4_000)]],
  ["a large batch", [text(4_000_000)]],
  ["what does not become smaller", [randomBytes(1_000_000)]],
])("%s is compressed into one gzip member that holds it (R-P5)", async (_what, parts) => {
  const whole = Buffer.concat(parts);
  const compressed = await compress(parts, 3);
  expect(gunzipSync(compressed).equals(whole)).toBe(true);
  expect(compressed.length).toBeLessThan(whole.length * 1.01 + 64);
});

test("batches that are compressed at the same time, at several levels, do not mix (R-P5)", async () => {
  const batches = Array.from({ length: 60 }, (_, i) => randomBytes(i * 500));
  const compressed = await Promise.all(batches.map((batch, i) => compress([batch], (i % 3) + 1)));
  for (const [i, batch] of batches.entries()) expect(gunzipSync(compressed[i]!).equals(batch)).toBe(true);
});

test("a compressor is made once a level, not once an export, which would have V8 collect the service's whole heap (R-P5)", async () => {
  const made = vi.spyOn(zlib, "createGzip");
  try {
    for (let i = 0; i < 20; i++) await compress([text(2_000)], 7);
    expect(made).toHaveBeenCalledTimes(1);
  } finally {
    made.mockRestore();
  }
});

test("what is compressed is its receiver's: later exports leave it as it is (R-P5)", async () => {
  const first = await compress([text(3_000)], 3);
  const before = Buffer.from(first);
  for (let i = 0; i < 50; i++) await compress([randomBytes(3_000)], 3);
  expect(before.equals(first)).toBe(true);
});

test("a compressor that failed takes only its own batches with it (R-P5)", async () => {
  const made = vi.spyOn(zlib, "createGzip");
  await compress([text(100)], 8);
  const stream = made.mock.results[0]!.value as zlib.Gzip;
  made.mockRestore();
  stream.destroy(new Error("broken"));
  await expect(compress([text(100)], 8)).rejects.toThrow();
  expect(gunzipSync(await compress([text(100)], 8)).equals(text(100))).toBe(true);
});
