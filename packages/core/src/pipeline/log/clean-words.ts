/** Of a text that is looked at. */
const maxReadLength = 4_096;
const maxLength = 200;
const hidden = "…";
// As text, because of a literal V8 looks the properties up when it reads the file: two million instructions of every start.
const blanks = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\s]+";

/** What is known to be secret of an export: it is taken out of whatever a collector says. */
export interface ExportSecrets {
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
}

/** A stranger's words on one line of bounded length, without control characters, and without what is secret as far as it can be told. */
export function cleanWords(words: string, secrets?: ExportSecrets): string {
  let text = words.slice(0, maxReadLength);
  for (const secret of secrets === undefined ? [] : secretTexts(secrets)) text = text.replaceAll(secret, hidden);
  return text
    .replace(new RegExp(blanks, "gu"), " ")
    .replace(/\b(bearer|basic) [^ "',;]+/gi, `$1 ${hidden}`)
    .replace(
      /(token|secret|password|passwd|api[-_ ]?key|authorization)(["']?[ ]?[:=][ ]?["']?)(?!(?:bearer|basic) )[^ "',;&]+/gi,
      `$1$2${hidden}`,
    )
    .replace(/\beyJ[\w.-]+/g, hidden)
    .replace(/\/\/[^ /@]{1,200}@/g, `//${hidden}@`)
    .trim()
    .slice(0, maxLength);
}

function secretTexts({ headers, url }: ExportSecrets): string[] {
  const { username, password } = new URL(url);
  const texts = Object.values(headers).flatMap((value) => [
    value,
    ...value.split(/[ ,;=:]/).filter((part) => part.length >= 8),
  ]);
  for (const credential of [password, decoded(password), username]) if (credential.length >= 4) texts.push(credential);
  return texts.filter((text) => text.length >= 4).sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
