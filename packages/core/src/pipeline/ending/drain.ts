/** What is needed of an HTTP, HTTPS or HTTP/2 server to drain it. */
export interface DrainableServer {
  close(done?: (error?: Error) => void): unknown;
  closeIdleConnections?(): void;
}

const pollMs = 50;

/**
 * Stops servers from taking connections and waits until the requests under way are answered, for `deadlineMs` at most. Keep-alive connections are
 * closed as they fall idle. Answers whether all are closed; never rejects, and keeps the process alive meanwhile.
 */
export function drain(servers: Iterable<DrainableServer>, deadlineMs: number): Promise<boolean> {
  const open = new Set(servers);
  if (open.size === 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const poll = setInterval(() => {
      for (const server of open) closeIdle(server);
    }, pollMs);
    const deadline = setTimeout(() => end(false), deadlineMs);

    function end(allClosed: boolean): void {
      clearInterval(poll);
      clearTimeout(deadline);
      resolve(allClosed);
    }

    function closed(server: DrainableServer): void {
      open.delete(server);
      if (open.size === 0) end(true);
    }

    for (const server of [...open]) {
      try {
        // Called with an error when it was closed before, which is as good.
        server.close(() => closed(server));
        closeIdle(server);
      } catch {
        closed(server);
      }
    }
  });
}

function closeIdle(server: DrainableServer): void {
  try {
    server.closeIdleConnections?.();
  } catch {
    // A server of the user's own making; the deadline bounds what it leaves open.
  }
}
