import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The collector of a run: takes everything and keeps nothing. */
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    // An empty answer is one that accepts all, in protobuf.
    response.writeHead(200, { "content-type": "application/x-protobuf", "content-length": "0" });
    response.end();
  });
});

process.once("message", () => {
  server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
});
process.on("disconnect", () => process.exit());
