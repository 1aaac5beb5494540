import { createServer, type Server } from "node:net";

/** Speaks just enough of PostgreSQL's protocol, version 3, that a client connects without a password and gets one row for every query. */
export function createFakePostgres(): Server {
  return createServer((socket) => {
    let started = false;
    let waiting = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (part: Buffer) => {
      waiting = Buffer.concat([waiting, part]);
      for (;;) {
        // The first message has no type in front of its length.
        const head = started ? 1 : 0;
        if (waiting.length < head + 4) return;
        const end = head + waiting.readInt32BE(head);
        if (waiting.length < end) return;
        const type = started ? waiting.toString("latin1", 0, 1) : "startup";
        waiting = waiting.subarray(end);
        started = true;
        if (type === "startup") socket.write(Buffer.concat([message("R", int32(0)), ready]));
        else if (type === "Q") socket.write(Buffer.concat([row, message("C", text("SELECT 1")), ready]));
        else if (type === "X") socket.end();
      }
    });
  });
}

const ready = message("Z", Buffer.from("I"));
const int4 = 23;
const row = Buffer.concat([
  message("T", Buffer.concat([int16(1), text("n"), int32(0), int16(0), int32(int4), int16(4), int32(-1), int16(0)])),
  message("D", Buffer.concat([int16(1), int32(1), Buffer.from("7")])),
]);

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}
