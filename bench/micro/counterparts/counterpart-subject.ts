import type { RunningSubject, Subject, Surroundings } from "../../harness/subject.ts";
import { nameOfPiece, type Piece, type Side } from "./pieces.ts";

const query = new URL(import.meta.url).searchParams;
const piece = query.get("piece") as Piece;
const side = query.get("side") as Side;

/** The subject that the query of this module's address names: one piece, by one side. */
const subject: Subject = {
  name: nameOfPiece(piece, side),
  packages: side === "Gossamer" ? ["@gossamer/core"] : ["@opentelemetry/sdk-trace", "@opentelemetry/otlp-transformer"],
  setup: (surroundings) => workOf(piece, side, surroundings),
};

export default subject;

async function workOf(wanted: Piece, by: Side, surroundings: Surroundings): Promise<RunningSubject> {
  switch (wanted) {
    case "ratio":
    case "parent":
    case "always": {
      const { decidingWork } = await import("./deciding-work.ts");
      return decidingWork(wanted, by);
    }
    case "context":
    case "extract": {
      const { apiWork } = await import("./api-work.ts");
      return apiWork(wanted, by, surroundings.serviceName);
    }
    case "encode":
    case "encode-64": {
      const { encodingWork } = await import("./encoding-work.ts");
      return encodingWork(by, wanted === "encode" ? 8 : 64, surroundings);
    }
  }
}
