/** The same text in one piece. A text that was put together is a tree of its pieces, and each line it is in would have to walk it. */
export function flat(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
