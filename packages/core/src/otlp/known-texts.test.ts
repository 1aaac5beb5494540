import { expect, test } from "vitest";
import { throughTheWire } from "../testing/span-data.ts";
import { type KnownText, KnownTexts, knownTexts } from "./known-texts.ts";

/** Asks twice: a text is remembered once it has come again. */
function learnt(texts: KnownTexts, text: string): KnownText | undefined {
  texts.get(text);
  return texts.get(text);
}

test("a text that came twice is remembered as its bytes behind their length (R-P12)", () => {
  const texts = new KnownTexts();
  expect(texts.get("Größe")).toBeUndefined();
  const known = texts.get("Größe");
  expect(known?.bytes.length).toBe(8);
  expect([...new Uint8Array(known!.bytes.words.buffer)].slice(0, 8)).toEqual([7, ...Buffer.from("Größe")]);
  expect(texts.get("Größe")).toBe(known);
});

test("a text of more than 64 bytes is not remembered (R-P12)", () => {
  const texts = new KnownTexts();
  expect(learnt(texts, "x".repeat(64))).toBeDefined();
  expect(learnt(texts, "x".repeat(65))).toBeUndefined();
  expect(learnt(texts, "ä".repeat(33))).toBeUndefined();
});

test("a text is found at a place only if it is the one that was there last (R-P12)", () => {
  const texts = new KnownTexts();
  for (const text of ["a", "b", "c", "k"]) learnt(texts, text);
  for (const text of ["a", "b", "a", "a", "c"]) expect(texts.at(0, text)).toBe(texts.get(text));
  for (const place of [0, 63, 64, 1_000]) expect(texts.key(place, "k")).toBe(texts.get("k"));
});

test("a lone surrogate is not taken for the text that it is written as (R-P12)", () => {
  const texts = new KnownTexts();
  learnt(texts, "\ufffd");
  expect(learnt(texts, "\ud800")).not.toBe(texts.get("\ufffd"));
  expect(texts.get("\ufffd")?.text).toBe("\ufffd");
});

test("texts made up without end fill nothing: what comes again is remembered afterwards all the same (B12)", () => {
  const texts = new KnownTexts();
  for (let i = 0; i < 20_000; i++) texts.get(`made up ${i}`);
  expect(learnt(texts, "http.route")).toBeDefined();
});

test("tracestates that callers make up take no place, twice in a row or not, and one that repeats is copied (B12)", () => {
  const texts = new KnownTexts();
  for (let i = 0; i < 10_000; i++) {
    texts.repeated(`vendor=${i}`);
    texts.repeated(`vendor=${i}`);
  }
  for (let i = 0; i < 4_000; i++) expect(learnt(texts, `name ${i}`)).toBeDefined();
  for (let i = 0; i < 2; i++) texts.repeated("ot=th:8");
  expect(texts.repeated("ot=th:8")?.bytes.length).toBe(8);
  expect(texts.repeated("ot=th:9")).toBeUndefined();
});

test("long values are not held on to (R-P10)", () => {
  const tell = (value: string): void => {
    const event = { name: "e", timeMs: 0, attributes: ["memo.long", value], droppedAttributesCount: 0 };
    for (let i = 0; i < 2; i++) throughTheWire({ events: [event] });
  };
  tell("x".repeat(2_000));
  expect(knownTexts.get("memo.long")?.value).toBeUndefined();
  tell("short");
  expect(knownTexts.get("memo.long")?.value).toBe("short");
});

test("names made up without end do not fill the memory: 4,000 are remembered (R-P10)", () => {
  const texts = new KnownTexts();
  for (let i = 0; i < 4_000; i++) expect(learnt(texts, `name ${i}`)).toBeDefined();
  for (let i = 4_000; i < 5_000; i++) expect(learnt(texts, `name ${i}`)).toBeUndefined();
  expect(texts.get("name 7")).toBeDefined();
});
