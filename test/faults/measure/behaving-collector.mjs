// A collector that does one thing, in a process of its own, so that what it does costs the clients nothing. It decodes nothing.
import { createServer } from "node:http";

const behaviours = {
  accepts: (_request, response) => response.end(),
  silent: () => {},
  resets: (request) => request.socket.resetAndDestroy(),
  "drips-head": ({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
    const drip = setInterval(() => socket.write("x"), 400);
    socket.on("close", () => clearInterval(drip));
  },
  "answers-64-mb": (_request, response) => response.end(large),
  "retry-after-a-day": (_request, response) => response.writeHead(429, { "retry-after": "86400" }).end(),
  unavailable: (_request, response) => response.writeHead(503).end(),
  refuses: (_request, response) => response.writeHead(400).end(),
  "breaks-off": ({ socket }) => socket.end("HTTP/1.1 200 O"),
};

const [name = "accepts"] = process.argv.slice(2);
const large = name === "answers-64-mb" ? Buffer.alloc(64 * 1024 * 1024) : undefined;
const server = createServer((request, response) => {
  request.on("error", () => {});
  request.resume();
  request.on("end", () => behaviours[name](request, response));
});
server.on("connection", (socket) => socket.on("error", () => {}));
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
