import { mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The folder in which something is being installed, or is already; what became of it is `Installed`. */
export type Place<Installed> = string & { readonly [what]?: Installed };
declare const what: unique symbol;

const resultFile = "result.json";
const lookEveryMs = 100;

interface Result<Installed> {
  readonly installed?: Installed;
  readonly error?: string;
}

/**
 * Installs in a folder outside of the workspace while the tests of other suites run already; {@link installed} waits for it. Answers the place, and
 * what removes it.
 */
export function installMeanwhile<Installed>(
  name: string,
  install: (home: string) => Promise<Installed>,
): { readonly place: Place<Installed>; readonly remove: () => Promise<void> } {
  const home = realpathSync(mkdtempSync(join(tmpdir(), `gossamer-${name}-`)));
  const tell = (result: Result<Installed>): void => {
    // Whole when it is found.
    writeFileSync(join(home, `${resultFile}.new`), JSON.stringify(result));
    renameSync(join(home, `${resultFile}.new`), join(home, resultFile));
  };
  const installing = install(home).then(
    (done) => tell({ installed: done }),
    (error: unknown) => tell({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  return {
    place: home,
    remove: async () => {
      await installing;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What was installed, as soon as it is. Rejects with what went wrong. */
export async function installed<Installed>(place: Place<Installed>): Promise<Installed> {
  const file = join(place, resultFile);
  while (
    !(await access(file).then(
      () => true,
      () => false,
    ))
  )
    await sleep(lookEveryMs);
  const result = JSON.parse(await readFile(file, "utf8")) as Result<Installed>;
  if (result.installed === undefined) throw new Error(`What this suite needs could not be installed: ${result.error}`);
  return result.installed;
}
