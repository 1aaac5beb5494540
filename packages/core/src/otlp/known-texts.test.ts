import { expect, test } from "vitest";
import { throughTheWire } from "../testing/span-data.ts";
import { KnownTexts, knownTexts } from "./known-texts.ts";

test("a text is remembered as its bytes behind their length (R-P12)", () => {
  const texts = new KnownTexts();
  const known = texts.get("Größe");
  expect(known?.bytes.length).toBe(8);
  expect([...new Uint8Array(known!.bytes.words.buffer)].slice(0, 8)).toEqual([7, ...Buffer.from("Größe")]);
  expect(texts.get("Größe")).toBe(known);
});

test("a text of more than 64 bytes is not remembered (R-P12)", () => {
  const texts = new KnownTexts();
  expect(texts.get("x".repeat(64))).toBeDefined();
  expect(texts.get("x".repeat(65))).toBeUndefined();
  expect(texts.get("ä".repeat(33))).toBeUndefined();
});

test("a text is found at a place only if it is the one that was there last (R-P12)", () => {
  const texts = new KnownTexts();
  for (const text of ["a", "b", "a", "a", "c"]) expect(texts.at(0, text)).toBe(texts.get(text));
  for (const place of [0, 63, 64, 1_000]) expect(texts.key(place, "k")).toBe(texts.get("k"));
});

test("long values are not held on to (R-P10)", () => {
  throughTheWire({ attributes: ["memo.long", "x".repeat(2_000)] });
  expect(knownTexts.get("memo.long")?.value).toBeUndefined();
  throughTheWire({ attributes: ["memo.long", "short"] });
  expect(knownTexts.get("memo.long")?.value).toBe("short");
});

test("names made up without end do not fill the memory: 4,000 are remembered (R-P10)", () => {
  const texts = new KnownTexts();
  for (let i = 0; i < 4_000; i++) expect(texts.get(`name ${i}`)).toBeDefined();
  for (let i = 4_000; i < 5_000; i++) expect(texts.get(`name ${i}`)).toBeUndefined();
  expect(texts.get("name 7")).toBeDefined();
});
