/** The time as the text of a line, made anew when the clock has moved on. */
export function timeText(write: (epochMs: number) => string): () => string {
  let madeMs = NaN;
  let text = "";
  return () => {
    const nowMs = Date.now();
    if (nowMs !== madeMs) {
      text = write(nowMs);
      madeMs = nowMs;
    }
    return text;
  };
}
