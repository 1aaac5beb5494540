// Marks, in the main file of core, the functions that every start runs. V8 reads a function that is declared twice if it runs: once to find where it ends,
// when it compiles the file, and again when it is first called. One that stands in parentheses it takes for called at once, and compiles with the file. So
// what runs until a default service has started is put first, as `var name=(function…)`, which holds from the first line on as a declaration does.
// A method cannot be marked.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { Script } from "node:vm";
import { promisify } from "node:util";

const run = promisify(execFile);

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** A function as V8 says where it is, with how often it ran. */
interface Covered {
  readonly functionName: string;
  readonly ranges: readonly Range[];
}

type Ran = Range & Pick<Covered, "functionName">;

/** Starts a service with the defaults, and says which functions of the file ran. */
const program = `
  const { Session } = require("node:inspector");
  const [, file] = process.argv;
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  require(file).createTelemetry({ serviceName: "a", sampleRatio: 0.01, diagnostics: "none" });
  session.post("Profiler.takePreciseCoverage", (error, { result }) => {
    process.stdout.write(JSON.stringify(result.find(({ url }) => url.endsWith("adapter.cjs")).functions), () => process.exit());
  });
`;

/** Writes the file anew. Throws where what is found in it is not what V8 says. */
export async function compileAtStart(file: string): Promise<void> {
  const { stdout } = await run(process.execPath, ["--eval", program, file], {
    env: { NODE_ENV: "production" },
    maxBuffer: 64 * 1_024 * 1_024,
  });
  const ran = (JSON.parse(stdout) as Covered[]).flatMap(({ functionName, ranges: [range] }) =>
    range === undefined ? [] : [{ functionName, ...range }],
  );
  const { marked, text } = markRun(await readFile(file, "utf8"), ran);
  // A start runs some 250.
  if (marked.length < 100) throw new Error(`only ${marked.length} functions of ${file} are known to run at a start`);
  void new Script(`(function(){${text}})`);
  await writeFile(file, text);
}

/** Puts the functions first that ran and are declared in the text itself, and says which. */
export function markRun(text: string, ran: readonly Ran[]): { text: string; marked: string[] } {
  const expressions: string[] = [];
  const marked: string[] = [];
  let rest = "";
  let outerEnd = 0;
  let from = 0;
  for (const { functionName: name, startOffset, endOffset, count } of ran.toSorted(byPlace)) {
    const isFile = startOffset === 0 && endOffset === text.length;
    if (isFile || startOffset < outerEnd) continue;
    outerEnd = endOffset;
    const head = `function ${name}`;
    if (count === 0 || !text.startsWith(`${head}(`, startOffset) || !/[;}\n]/.test(text.charAt(startOffset - 1)))
      continue;
    marked.push(name);
    expressions.push(`${name}=(function${text.slice(startOffset + head.length, endOffset)})`);
    rest += text.slice(from, startOffset);
    from = endOffset;
  }
  rest += text.slice(from);
  return { text: rest.replace('"use strict";', () => `"use strict";var ${expressions.join(",\n")};`), marked };
}

/** What is around others before them. */
function byPlace(a: Ran, b: Ran): number {
  return a.startOffset - b.startOffset || b.endOffset - a.endOffset;
}
