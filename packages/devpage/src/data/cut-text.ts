/** A text of at most so many letters. What is cut off is not kept either: it is a copy, and no view of the whole. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : Buffer.from(text.slice(0, max)).toString();
}
