import { existsSync, globSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { expect, it } from "vitest";
import { publishedPackages } from "../scripts/pack.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const manifest = (folder: string): Record<string, unknown> =>
  JSON.parse(read(join(folder, "package.json"))) as Record<string, unknown>;

interface Repository {
  readonly url: string;
}
const { homepage, bugs, license, repository } = manifest(".") as Record<string, string> & { repository: Repository };
const home = homepage?.replace(/#readme$/, "") ?? "";
const published = publishedPackages().map(({ name, folder }) => ({
  name,
  folder: relative(root, folder).replaceAll(sep, "/"),
}));

it.each(published)("$name says where it comes from, where to report, and what it is for (R-D6)", ({ name, folder }) => {
  expect(manifest(folder)).toMatchObject({
    license,
    bugs,
    homepage: `${home}/tree/main/${folder}#readme`,
    repository: { type: "git", url: repository.url, directory: folder },
  });
  expect(repository.url).toBe(`git+${home}.git`);
  const readme = read(`${folder}/README.md`);
  expect(readme.split("\n")[0]).toBe(`# ${name}`);
  expect(readme).toMatch(new RegExp(`npm install (?:--save-dev )?${name}\\b`));
});

it.each(published)("what the README of $name links to in this repository exists (R-D6)", ({ folder }) => {
  const links = [...read(`${folder}/README.md`).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
  const here = links.filter((link) => link.startsWith(home)).map((link) => link.slice(`${home}/blob/main/`.length));
  expect(here.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(here.length).toBeGreaterThan(0);
});

it.each(published)("what the README of $name imports from ours is exported (R-D6)", async ({ folder }) => {
  const imports = read(`${folder}/README.md`).matchAll(/import \{ ([^}]+) \} from "(@gossamer\/[^"]+)"/g);
  const missing: string[] = [];
  for (const [, names = "", from = ""] of imports) {
    const exported = (await import(from)) as object;
    missing.push(...names.split(", ").filter((name) => !(name in exported)));
  }
  expect(missing).toEqual([]);
});

it("all packages are released under one version (R-D6)", () => {
  const { fixed } = JSON.parse(read(".changeset/config.json")) as { fixed: string[][] };
  expect(fixed.flat().toSorted()).toEqual(published.map(({ name }) => name).toSorted());
});

it("the public checks run what .ci/run runs (R-D6)", () => {
  const [, commands = ""] = /for command in ([^;]+);/.exec(read(".ci/run")) ?? [];
  const [, matrix = ""] = /command: \[([^\]]+)\]/.exec(read(".github/workflows/ci.yml")) ?? [];
  expect(matrix.replaceAll('"', "").split(", ")).toEqual(commands.split(" "));
  const { scripts } = manifest(".") as { scripts: Record<string, string> };
  expect(commands.split(" ").filter((command) => !(command in scripts))).toEqual([]);
});

it("AGENTS.md fits a screen and a half, and every path in it exists (R-D6)", () => {
  const text = read("AGENTS.md");
  expect(text.split("\n").length).toBeLessThanOrEqual(60);
  const paths = [...text.matchAll(/`((?:packages|test|examples|bench|docs)\/[^` ]*)`|\]\(([^)]+)\)/g)].map(
    ([, path, link]) => path ?? link ?? "",
  );
  expect(paths.length).toBeGreaterThan(12);
  expect(paths.filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([]);
});
