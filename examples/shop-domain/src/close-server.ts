import type { Server } from "node:http";

const patienceMs = 10_000;

/** Takes no new requests and lets those under way finish, for ten seconds at most. */
export async function closeServer(server: Server, close: () => Promise<unknown> = () => closed(server)): Promise<void> {
  const ended = close();
  // A connection whose last response has just ended is idle and would be kept alive, though nobody can use it any more.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const impatient = setTimeout(() => server.closeAllConnections(), patienceMs);
  await ended;
  clearInterval(idle);
  clearTimeout(impatient);
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}
