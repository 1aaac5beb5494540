/** Two templates as one path, without doubled slashes, and without one at the end unless it is all there is. */
export function joinTemplate(prefix: string, path: string): string {
  const head = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  if (path === "" || path === "/") return head === "" ? "/" : head;
  // A regular expression, or a list: set apart as it is.
  return path.startsWith("/") || head === "" ? head + path : `${head}/${path}`;
}
