/** The lines of a logger, for whoever looks on. */
export interface WatchedLines {
  /** Hands each line on as it is written, JSON text. Answers what stops it. What the listener throws must not reach the logger. */
  watch(listener: (text: string) => void): () => void;
  /** Under what names a line says what; ids are left out where it has none in hex. */
  readonly keys: {
    readonly level: string;
    readonly time: string;
    readonly message: string;
    readonly error: string;
    readonly traceId?: string;
    readonly spanId?: string;
  };
  /** False where the level is none. @default until further notice */
  setLevel(level: string, forMs?: number): boolean;
  level(): string;
}
