/** What a trace says of the spans that its service dropped. */
export function droppedText(count: number): string {
  return count === 1 ? "1 span of this trace was dropped" : `${count} spans of this trace were dropped`;
}
