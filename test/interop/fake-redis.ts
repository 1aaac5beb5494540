import { createServer, type Server } from "node:net";

const info = "redis_version:7.4.0\r\nloading:0\r\n";

/** Speaks just enough of Redis's protocol, version 2, that a client is ready and every `GET` has a value. */
export function createFakeRedis(): Server {
  return createServer((socket) => {
    let waiting = "";
    socket.on("error", () => {});
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => {
      waiting += part;
      for (;;) {
        const command = readCommand(waiting);
        if (command === undefined) return;
        waiting = waiting.slice(command.length);
        socket.write(answerTo(command.words[0]?.toLowerCase()));
      }
    });
  });
}

function answerTo(command: string | undefined): string {
  if (command === "info") return bulk(info);
  return command === "get" ? bulk("value") : "+OK\r\n";
}

function bulk(value: string): string {
  return `$${value.length}\r\n${value}\r\n`;
}

/** The first whole command of the text: an array of bulk strings. */
function readCommand(text: string): { readonly words: string[]; readonly length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  const words: string[] = [];
  let at = head[0].length;
  for (let i = 0; i < Number(head[1]); i++) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (size === null) return undefined;
    const from = at + size[0].length;
    const length = Number(size[1]);
    if (text.length < from + length + 2) return undefined;
    words.push(text.slice(from, from + length));
    at = from + length + 2;
  }
  return { words, length: at };
}
