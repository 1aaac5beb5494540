import { expect, test } from "vitest";
import { counted, spooledWords } from "./ending-words.ts";

test("lines on what is lost or left count one span as one (R-P9)", () => {
  expect(counted(2, "spans", "were")).toBe("2 spans were");
  expect(counted(1, "spans", "were")).toBe("1 span was");
  expect(counted(1, "log records", "could not be delivered and are")).toBe(
    "1 log record could not be delivered and is",
  );
  expect(counted(1, "spans and log records", "were")).toBe("1 span or log record was");
  expect(spooledWords(1, "spans")).toBe("1 span is in the spool, for the next process to send");
  expect(spooledWords(3, "spans")).toBe("3 spans are in the spool, for the next process to send");
});
