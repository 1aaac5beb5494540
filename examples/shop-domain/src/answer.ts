/** What the shop says to a request, in no framework's words. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export function found(body: object): Answer {
  return { status: 200, body };
}

export function refused(status: number, error: string): Answer {
  return { status, body: { error } };
}

/** What a client is told of an error that nobody answered. Only what is the client's own fault is told in words. */
export function answerTo(error: {
  readonly message: string;
  readonly status?: number;
  readonly statusCode?: number;
}): Answer {
  const status = error.status ?? error.statusCode ?? 500;
  return refused(status, status >= 500 ? "something went wrong" : error.message);
}
