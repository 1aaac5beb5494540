import { builtin } from "./builtin.ts";
import { withCode } from "./codes.ts";

/** What a part exports: functions alone, so that whoever imports one can be given another that loads the part first. */
type PartFunctions = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;

/** What of the main file parts use: given to them, as they import nothing of ours. So there is one copy of everything that is shared. */
type SharedWithParts = Readonly<Record<string, unknown>>;

const loaded = new Map<string, PartFunctions>();
let shared: Readonly<Record<string, () => SharedWithParts>> = {};
/** Undefined where there are no files: all is one file, or as `tsc` wrote it. */
let folder: (() => URL) | undefined;

/** Called once, by the main file of the build for Node. @param make what each part is given, by its name @param place the folder of the parts */
export function shareWithParts(make: Readonly<Record<string, () => SharedWithParts>>, place: () => URL): void {
  shared = make;
  folder = place;
}

/**
 * Looks for the files of parts that are loaded when a running service first asks for what is in them: without one of them it does not start.
 *
 * Throws an `Error` that says what is missing.
 */
export function needParts(...names: readonly string[]): void {
  if (folder === undefined) return;
  const missing = names.find((name) => !builtin("node:fs").existsSync(fileOf(name)));
  if (missing !== undefined) throw withCode(new Error(complaint(missing)), "GSM_PART_MISSING");
}

function fileOf(name: string): string {
  const place = new URL(`${name}.cjs`, folder?.());
  return builtin("node:url").fileURLToPath(place);
}

/**
 * The functions of a part, which lies in a file of its own in the build for Node (`scripts/bundle-parts.ts`). It is read when it is first asked for,
 * in one go, as a start is not async; CommonJS can be on every Node, in a process of either kind.
 *
 * Throws an `Error` that says what is missing.
 */
export function loadPart(name: string): PartFunctions {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  let part: PartFunctions;
  try {
    const file = fileOf(name);
    const make = builtin("node:module").createRequire(file)(file) as (main: SharedWithParts) => PartFunctions;
    part = make(shared[name]?.() ?? {});
  } catch (cause) {
    throw withCode(new Error(complaint(name), { cause }), "GSM_PART_MISSING");
  }
  loaded.set(name, part);
  return part;
}

function complaint(name: string): string {
  return (
    `The part "${name}" of @gossamer/core, which the options ask for, cannot be loaded: dist/bundle/parts/${name}.cjs is missing or damaged. ` +
    'Install the package again. Where a bundler took it in, let it follow the export condition "module", under which all is one file.'
  );
}
