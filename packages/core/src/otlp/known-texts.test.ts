import { expect, test } from "vitest";
import { KnownTexts } from "./known-texts.ts";

test("a text is remembered as its bytes behind their length (R-P12)", () => {
  const texts = new KnownTexts();
  const known = texts.get("Größe");
  expect([...(known?.bytes ?? [])]).toEqual([7, ...Buffer.from("Größe")]);
  expect(texts.get("Größe")).toBe(known);
});

test("a text of more than 64 bytes is not remembered (R-P12)", () => {
  const texts = new KnownTexts();
  expect(texts.get("x".repeat(64))).toBeDefined();
  expect(texts.get("x".repeat(65))).toBeUndefined();
  expect(texts.get("ä".repeat(33))).toBeUndefined();
});

test("names made up without end do not fill the memory: 4,000 are remembered (R-P10)", () => {
  const texts = new KnownTexts();
  for (let i = 0; i < 4_000; i++) expect(texts.get(`name ${i}`)).toBeDefined();
  for (let i = 4_000; i < 5_000; i++) expect(texts.get(`name ${i}`)).toBeUndefined();
  expect(texts.get("name 7")).toBeDefined();
});
