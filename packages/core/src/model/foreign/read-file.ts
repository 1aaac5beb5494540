import { builtin } from "../builtin.ts";

/**
 * The text of a regular file that somebody named, without a byte order mark. Throws an error whose `code` says why not.
 *
 * A pipe or device is not opened: it would be waited for as long as nobody writes, and a process cannot even exit while one of its threads waits.
 */
export function readFileNow(path: string, maxBytes: number): string {
  const { statSync, readFileSync } = builtin("node:fs");
  check(statSync(path), maxBytes);
  return withoutMark(readFileSync(path, openOptions()));
}

/** The same, beside what else is done. */
export async function readFileLater(path: string, maxBytes: number): Promise<string> {
  const { stat, readFile } = builtin("node:fs").promises;
  check(await stat(path), maxBytes);
  return withoutMark(await readFile(path, openOptions()));
}

/** Without waiting, should a pipe have taken the file's place since it was looked at. */
function openOptions(): { readonly encoding: "utf8"; readonly flag: number } {
  const { O_RDONLY, O_NONBLOCK } = builtin("node:fs").constants;
  return { encoding: "utf8", flag: O_RDONLY | O_NONBLOCK };
}

function check(file: { isFile(): boolean; readonly size: number }, maxBytes: number): void {
  const code = !file.isFile() ? "no regular file" : file.size > maxBytes ? `more than ${maxBytes} bytes` : "";
  if (code !== "") throw Object.assign(new Error(code), { code });
}

/** RFC 8259 lets a reader pass over it. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}
