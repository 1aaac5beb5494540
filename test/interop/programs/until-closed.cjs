// Waits for what ends with a response: spans that others end in hooks and listeners of their own, some turns of the event loop after it.
const { subscribe } = require("node:diagnostics_channel");

const turns = 50;

/** Settles once so many responses of this process, from now on, are closed and all that follows from it is done. */
exports.untilClosed = (responses) =>
  new Promise((resolve) => {
    let left = responses;
    subscribe("http.server.request.start", ({ response }) => {
      response.once("close", async () => {
        if (--left > 0) return;
        for (let i = 0; i < turns; i++) await new Promise((turn) => setImmediate(turn));
        resolve();
      });
    });
  });
