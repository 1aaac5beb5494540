"use strict";
const { once } = require("node:events");
const { connect } = require("node:net");

/** Asks as somebody outside of the process does: a client that is traced would decide for the app. */
async function ask(port, path) {
  const socket = connect(port, "127.0.0.1");
  socket.end(`GET ${path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n`);
  socket.resume();
  await once(socket, "close");
}

// Visits an app a few times, then says in one line what was found out.
module.exports = function visit(app, { count, finish }) {
  const server = app.listen(0, "127.0.0.1", async () => {
    const { port } = server.address();
    for (let i = 0; i < count; i++) await ask(port, `/orders/${i}`);
    await ask(port, "/health");
    const said = await finish();
    process.stdout.write(`${JSON.stringify(said)}\n`, () => process.exit());
  });
};
