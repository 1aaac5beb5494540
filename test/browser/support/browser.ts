import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What a page must not have: what its policy refused, and what its code threw. */
export interface Trouble {
  readonly refused: string[];
  readonly thrown: string[];
}

/** Finding of axe, with where it is. */
interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Debian's Chromium, with a profile of its own. */
export class Browser {
  readonly #context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  static async open(): Promise<Browser> {
    const path = ["chromium", "chromium-browser"].find((name) => spawnSync(name, ["--version"]).status === 0);
    if (path === undefined) {
      throw new Error("chromium is missing: install it with `apt-get install -y --no-install-recommends chromium`.");
    }
    const executablePath = spawnSync("which", [path], { encoding: "utf8" }).stdout.trim();
    const profile = mkdtempSync(join(tmpdir(), "gossamer-chromium-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: flags,
      viewport: { width: 1_440, height: 900 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    context.setDefaultTimeout(10_000);
    return new Browser(context, profile);
  }

  /** A page, and what goes wrong in it from now on. */
  async page(): Promise<{ readonly page: Page; readonly trouble: Trouble }> {
    const page = await this.#context.newPage();
    const trouble: Trouble = { refused: [], thrown: [] };
    page.on("pageerror", (error) => trouble.thrown.push(error.message));
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) trouble.refused.push(message.text());
    });
    return { page, trouble };
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** What axe finds serious or critical in what is shown, a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: AxeViolation[] }> } };
    return (await axe.run({ resultTypes: ["violations"] })).violations;
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
}
