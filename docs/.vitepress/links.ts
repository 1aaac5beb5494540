import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

const repository = "https://github.com/gossamer/gossamer/blob/main";
const docs = join(import.meta.dirname, "..");
const root = join(docs, "..");

interface Token {
  readonly type: string;
  readonly children: readonly Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}

/** What is used of markdown-it, which VitePress brings. */
interface Markdown {
  readonly core: {
    readonly ruler: { push(name: string, rule: (state: { tokens: readonly Token[]; env: unknown }) => void): void };
  };
}

/** The anchor of a heading as GitHub makes it, so that a link works there and on the site. The second of the same text ends with `-1`. */
export function headingSlug(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** Pages of the site whose text is a file beside the docs, by that file. */
const included: ReadonlyMap<string, string> = new Map([
  ["README.md", "index.md"],
  ["ARCHITECTURE.md", "architecture.md"],
]);
const sources: ReadonlyMap<string, string> = new Map([...included].map(([file, page]) => [page, file]));

/**
 * Links work where the repository is read. On the site one to a page stays on the site, and one to any other file leads to the repository. One that
 * leads to nothing ends the build; whether anchors are there is asked by VitePress's own check of pages.
 */
export function linkForSite(markdown: Markdown): void {
  markdown.core.ruler.push("link-for-site", ({ tokens, env }) => {
    const page = relative(docs, (env as { path?: string }).path ?? join(docs, "index.md"));
    const source = sources.has(page) ? join(root, sources.get(page)!) : join(docs, page);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const name = { link_open: "href", image: "src" }[token.type];
      const target = name === undefined ? null : token.attrGet(name);
      if (name !== undefined && target !== null) token.attrSet(name, siteLink(target, source, name === "src"));
    }
  });
}

function siteLink(target: string, source: string, isImage: boolean): string {
  if (/^([a-z]+:|#|\/)/i.test(target)) return target;
  const [path = "", hash] = target.split("#", 2);
  const file = join(dirname(source), path);
  if (!existsSync(file)) throw new Error(`${relative(root, source)} links to ${target}, and there is no such file.`);
  const anchor = hash === undefined ? "" : `#${hash}`;
  const inRepository = relative(root, file).split(sep).join("/");
  const page = included.get(inRepository) ?? relative(docs, file).split(sep).join("/");
  const isOnSite = !page.startsWith("..") && (isImage || page.endsWith(".md"));
  return isOnSite ? `./${page}${anchor}` : `${repository}/${inRepository}${anchor}`;
}
