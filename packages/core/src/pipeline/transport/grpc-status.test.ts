import { describe, expect, it } from "vitest";
import { judgeGrpcStatus, retryDelayMs } from "./grpc-status.ts";

const bare = (code: number, message = ""): ReturnType<typeof judgeGrpcStatus> =>
  judgeGrpcStatus({ code, message, details: undefined });

describe("judgeGrpcStatus", () => {
  it.each([1, 4, 10, 11, 14, 15])("may send again after %i, as OTLP says (R-P14)", (code) => {
    expect(bare(code)).toMatchObject({ outcome: "retryable", cause: "status" });
  });

  it.each([3, 5, 6, 7, 9, 16])("does not send again after %i, and blames the request (R-P14)", (code) => {
    expect(bare(code)).toMatchObject({ outcome: "refused", status: 400 });
  });

  it.each([2, 12, 13, 99])("does not send again after %i (R-P14)", (code) => {
    expect(bare(code)).toMatchObject({ outcome: "refused" });
  });

  it("sends again after RESOURCE_EXHAUSTED only when the collector says when (R-P14)", () => {
    expect(bare(8, "quota")).toEqual({ outcome: "refused", reason: "status RESOURCE_EXHAUSTED: quota", status: 400 });
    // RetryInfo without a delay: at once.
    const any = Buffer.from("\x1a\x2a\x0a\x28type.googleapis.com/google.rpc.RetryInfo");
    expect(judgeGrpcStatus({ code: 8, message: "", details: any.toString("base64") })).toMatchObject({
      outcome: "retryable",
      afterMs: 0,
    });
  });

  it("takes a message above the collector's limit for a body that is too large, so that it is split (R-P14)", () => {
    expect(bare(8, "grpc: received message larger than max (5242880 vs. 4194304)")).toMatchObject({
      outcome: "refused",
      status: 413,
    });
  });
});

describe("retryDelayMs", () => {
  it("is nothing for details that are none (R-P14)", () => {
    expect(retryDelayMs(Buffer.from("not protobuf"))).toBeUndefined();
    expect(retryDelayMs(new Uint8Array())).toBeUndefined();
  });
});
