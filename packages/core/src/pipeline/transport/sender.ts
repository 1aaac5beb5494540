/** What a try came to. Never an exception. */
export type SendResult =
  | {
      readonly outcome: "accepted";
      /** Items the collector threw away though it accepted the request. */
      readonly rejected: number;
      readonly message?: string | undefined;
    }
  | {
      readonly outcome: "retryable";
      readonly reason: string;
      /**
       * `connection`: no answer, and the collector most likely never had the request. `deadline`: no answer in time; it may have it.
       * `status`: it answered that it cannot take it now.
       */
      readonly cause: "connection" | "deadline" | "status";
      /** How long the collector asked to wait. */
      readonly afterMs?: number | undefined;
    }
  | {
      readonly outcome: "refused";
      readonly reason: string;
      /** The HTTP status, for gRPC the one that stands for it: 413 says that a smaller body may pass, 500 and above that the collector is in trouble. */
      readonly status?: number | undefined;
    };

/** Brings bodies to a collector. */
export interface Sender {
  /** Where they go, for the operator's eye; holds no credentials. */
  readonly destination: string;
  /** Whether nothing of a body is looked at after it was accepted, so that its memory may be written anew. @default false */
  readonly keepsNothing?: boolean;
  /** Makes a body of parts, ready to be sent as often as it takes. May reject: then the body cannot be sent at all. */
  prepare(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /** One try. Settles within the sender's deadline and never rejects. */
  send(body: readonly Uint8Array[]): Promise<SendResult>;
  /** Ends every try under way, which then counts as a failed connection, and all that come after. */
  close(): void;
}
