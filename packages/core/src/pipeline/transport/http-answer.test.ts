import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpAnswer } from "./http-answer.ts";

function read(text: string, { maxBodyBytes = 1000, ends = false } = {}): HttpAnswer {
  const answer = new HttpAnswer(maxBodyBytes);
  answer.push(Buffer.from(text, "latin1"));
  if (ends) answer.end();
  return answer;
}

const summary = (answer: HttpAnswer): unknown => ({
  state: answer.state,
  status: answer.status,
  body: answer.body.toString("latin1"),
  keepsAlive: answer.keepsAlive,
  retryAfter: answer.header("retry-after"),
});

describe("HttpAnswer", () => {
  it.each([
    ["by its length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", true],
    [
      "chunk by chunk",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: t\r\n\r\n",
      "hello",
      true,
    ],
    ["with bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "hi", true],
    ["without a body", "HTTP/1.1 204 No Content\r\n\r\n", "", true],
    ["of no bytes", "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n", "", true],
    [
      "after an informational one",
      "HTTP/1.1 100 Continue\r\nretry-after: 9\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx",
      "x",
      true,
    ],
    ["whose server says close", "HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 1\r\n\r\nx", "x", false],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", "x", false],
    ["with something after it", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxHTTP/1.1", "x", false],
  ])("reads an answer that ends %s (R-P5)", (_name, text, body, keepsAlive) => {
    expect(summary(read(text))).toEqual({
      state: "complete",
      status: text.includes("204") ? 204 : 200,
      body,
      keepsAlive,
      retryAfter: undefined,
    });
  });

  it("reads an answer that ends with its connection, which carries no other (R-P5)", () => {
    const text = "HTTP/1.1 503 Busy\r\nRetry-After:  7 \r\n\r\nlater";
    expect(summary(read(text))).toMatchObject({ state: "body", status: 503, keepsAlive: false });
    expect(summary(read(text, { ends: true }))).toEqual({
      state: "complete",
      status: 503,
      body: "later",
      keepsAlive: false,
      retryAfter: "7",
    });
  });

  it("is not complete when the connection ends before the length it gave (R-P6)", () => {
    const answer = read("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", { ends: true });
    expect(summary(answer)).toMatchObject({ state: "body", body: "half", keepsAlive: false });
  });

  it.each([
    ["no HTTP at all", "SSH-2.0-OpenSSH\r\n"],
    ["the first bytes of HTTP/2", "\0\0\0\u0004\0"],
    ["HTTP/2", "HTTP/2 200\r\n\r\n"],
    ["a status that is none", "HTTP/1.1 20 OK\r\n\r\n"],
    ["a length that is none", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
    ["a chunk whose size is none", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
    ["a head without an end", `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(4000)}`],
    ["a line without an end", `HTTP/1.1 200 OK\r\n${"a".repeat(20_000)}`],
  ])("takes %s for malformed (R-P6)", (_name, text) => {
    expect(read(text).state).toBe("malformed");
  });

  it("keeps no more of a body than it may, and says that there was more (R-P5)", () => {
    const answer = read(`HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n${"x".repeat(25)}`, { maxBodyBytes: 20 });
    expect(answer.body).toHaveLength(20);
    expect(answer.isLong).toBe(true);
    expect(read("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n" + "x".repeat(20), { maxBodyBytes: 20 }).isLong).toBe(
      false,
    );
  });

  it("reads the same whatever pieces the bytes come in (R-P5)", () => {
    const text =
      "HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 429 Slow\r\nretry-after: 3\r\ntransfer-encoding: chunked\r\n\r\na\r\n0123456789\r\n1\r\n!\r\n0\r\n\r\n";
    const whole = summary(read(text));
    expect(whole).toMatchObject({ state: "complete", status: 429, body: "0123456789!", retryAfter: "3" });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 }), (sizes) => {
        const answer = new HttpAnswer(1000);
        let at = 0;
        for (let i = 0; at < text.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          answer.push(Buffer.from(text.slice(at, at + size), "latin1"));
          at += size;
        }
        expect(summary(answer)).toEqual(whole);
      }),
    );
  });

  it("never throws, whatever bytes come (R-P6)", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), fc.boolean(), (pieces, isAnswer) => {
        const answer = new HttpAnswer(16);
        if (isAnswer) answer.push(Buffer.from("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"));
        for (const piece of pieces) answer.push(Buffer.from(piece));
        answer.end();
        expect(answer.body.length).toBeLessThanOrEqual(16);
      }),
    );
  });
});
