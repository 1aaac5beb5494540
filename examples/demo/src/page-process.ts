import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { openOtlpPage } from "@gossamer/devpage";
import type { FromPage } from "./messages.ts";

// The page of what all shops send. What they deliver goes on to the receiver, whose answer they get, and a copy to the page.
const receiverUrl = process.env["DEMO_DELIVER_TO"] ?? "";
const page = await openOtlpPage({ otlpPort: 0, log: () => {} });

function passOn(request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.once("end", () => {
    const path = request.url ?? "/";
    const given = ["content-type", "content-encoding"].flatMap((name): [string, string][] => {
      const value = request.headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    });
    const init = { method: "POST", headers: Object.fromEntries(given), body: Buffer.concat(parts) };
    // Whether the page has room is its own affair.
    fetch(page.otlpUrl + path, init).then(
      (answer) => answer.arrayBuffer(),
      () => {},
    );
    fetch(receiverUrl + path, init)
      .then(async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer());
        response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "application/json" });
        response.end(body);
      })
      .catch(() => response.destroy());
  });
}

const server = createServer(passOn).listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.send?.({ kind: "ready", url, pageUrl: page.url } satisfies FromPage);
});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
