import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { headingSlug } from "../docs/.vitepress/links.ts";
import { sidebar } from "../docs/.vitepress/sidebar.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const slashes = (path: string): string => path.replaceAll("\\", "/");

/** Code says what it likes. */
function proseOf(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, "").replaceAll(/`[^`\n]*`\]?/g, (code) => code.replaceAll(/[[\]()]/g, ""));
}

function anchorsOf(file: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const text = read(file).replaceAll(/^```.*?^```/gms, "");
  const anchors = [...text.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = ""]) => {
    const slug = headingSlug(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/[`*]/g, ""));
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set([...anchors, ...[...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = ""]) => id)]);
}

describe("the docs' site", () => {
  it("has every page on its map, once (R-D6)", () => {
    const pages = globSync("docs/*.md", { cwd: root }).map((file) => slashes(file).replace(/^docs\/|\.md$/g, ""));
    const links = sidebar.flatMap(({ items }) => items).map(({ link }) => (link === "/" ? "index" : link.slice(1)));
    expect(links.toSorted()).toEqual(pages.toSorted());
  });

  it("a link to a place in a page leads to a heading that is there (R-D6)", () => {
    const files = globSync(["*.md", "docs/*.md", "packages/*/README.md", "examples/**/README.md"], {
      cwd: root,
      exclude: (path) => path.includes("node_modules"),
    }).map(slashes);
    const links = files.flatMap((file) =>
      [...proseOf(read(file)).matchAll(/\]\(([^)#\s]*)#([^)\s]+)\)/g)]
        .filter(([, path = ""]) => !/^[a-z]+:/i.test(path))
        .map(([, path = "", anchor = ""]) => {
          const target = path === "" ? file : slashes(join(dirname(file), path));
          return { text: `${file}: ${path}#${anchor}`, target, anchor };
        }),
    );
    expect(links.length).toBeGreaterThan(10);
    const broken = links.filter(
      ({ target, anchor }) =>
        !existsSync(join(root, target)) || (target.endsWith(".md") && !anchorsOf(target).has(anchor)),
    );
    expect(broken.map(({ text }) => text)).toEqual([]);
  });
});
