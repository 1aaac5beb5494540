import { existsSync, globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

/** The rooms of core, lowest first. A room may import from lower tiers alone; rooms on one tier do not know each other. */
const tiers: readonly (readonly string[])[] = [
  ["pipeline"],
  ["otlp"],
  ["limits"],
  ["sampling", "metrics"],
  ["tracing", "logging"],
  ["exchange"],
  ["health"],
  ["governor"],
  ["telemetry"],
];
const leaves: readonly string[] = ["model", "tally"];
/** Imported by `telemetry` alone, and built on `model` alone. */
const optionsRoom = "options";

/**
 * What a sub-room may import of its own room, lowest first, so that nobody goes round in a circle; `.` is what lies in the room itself. A room
 * that is not here has no sub-rooms.
 */
const subRooms: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  pipeline: {
    time: [],
    log: [],
    breaker: [],
    answer: [],
    transport: ["time", "log", "answer"],
    queue: ["time"],
    delivery: ["time", "log", "breaker", "transport", "queue"],
    fallback: ["queue", "delivery"],
    ending: ["queue", "delivery", "fallback"],
    ".": ["time", "log", "breaker", "transport", "queue", "delivery", "fallback", "ending"],
  },
  otlp: {
    ".": [],
    logs: ["."],
  },
  sampling: {
    threshold: [],
    samplers: ["threshold"],
    keep: ["threshold"],
    rules: ["threshold", "samplers", "keep"],
    tickets: ["threshold", "rules"],
    ".": ["threshold", "samplers", "keep", "rules"],
  },
  metrics: {
    catalogue: [],
    cells: [],
    http: ["catalogue", "cells"],
    views: ["cells"],
    instruments: ["catalogue", "cells", "views"],
    readers: ["cells"],
    prometheus: ["cells", "readers"],
    statsd: ["readers"],
    ".": ["catalogue", "cells", "http", "views", "instruments", "readers"],
  },
  tracing: {
    context: [],
    propagation: ["context"],
    span: ["propagation"],
    "otel-api": ["context", "propagation", "span"],
    plugins: ["context", "propagation", "span"],
    ".": ["context", "propagation", "span"],
  },
  governor: {
    tuning: [],
    ".": [],
  },
  exchange: {
    incoming: [],
    host: ["incoming"],
    span: ["incoming", "host"],
    end: ["incoming", "host", "span"],
    node: [],
    ".": ["incoming", "host", "span", "end"],
  },
  options: {
    validate: [],
    declare: ["validate"],
    variables: ["validate", "declare"],
    settle: ["validate", "declare", "variables"],
    resource: ["variables", "settle"],
    "config-file": ["validate", "variables", "settle"],
    ".": ["validate", "declare", "variables", "settle", "config-file"],
  },
  telemetry: {
    central: [],
    sampling: ["central"],
    cluster: [],
    optional: ["sampling"],
    wiring: ["central", "sampling", "cluster", "optional"],
    watch: ["sampling", "optional"],
    check: ["wiring"],
    ".": ["sampling", "cluster", "wiring", "watch", "check"],
  },
  model: {
    ".": [],
    checks: ["."],
    sampling: [".", "checks"],
    foreign: ["."],
    request: ["."],
    filters: [],
    governor: [],
  },
};

/** More sources than that in one folder are a listing, not a room. */
const maxSources = 20;

/** Where time and randomness enter, so that everywhere else they are parameters. Each with its reason. */
const timeAndChance: Readonly<Record<string, string>> = {
  "packages/core/src/model/clock.ts": "the one clock of the engine, and a parameter itself",
  "packages/core/src/model/random.ts": "the one source of randomness, and a parameter itself",
  "packages/core/src/pipeline/transport/http-sender.ts":
    "the time left of a try on a real connection, and the date that a Retry-After names",
  "packages/core/src/pipeline/transport/grpc-sender.ts": "the time left of a try on a real connection",
  "packages/core/src/pipeline/ending/shutdown-signals.ts": "the deadline of a process that is ending",
};

const coreSources = sources("packages/core/src");
const adapterSources = ["express", "fastify", "nestjs"]
  .filter((adapter) => existsSync(join(root, "packages", adapter)))
  .map((adapter) => ({ adapter, files: sources(`packages/${adapter}/src`) }));

/** What core publishes, as it is imported. */
const coreManifest = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8")) as {
  exports: Record<string, unknown>;
};
const coreEntries = new Set(
  Object.keys(coreManifest.exports)
    .filter((entry) => !entry.endsWith(".json"))
    .map((entry) => `@gossamer/core${entry.slice(1)}`),
);

/** What an adapter may import at run time besides core: how it is registered, and the adapters it registers. */
const standsOn: Readonly<Record<string, readonly string[]>> = {
  fastify: ["fastify-plugin"],
  nestjs: ["@nestjs/common", "@nestjs/core", "rxjs", "@opentelemetry/api", "@gossamer/express", "@gossamer/fastify"],
};

describe("architecture", () => {
  it("has sources to judge", () => {
    expect(coreSources.length).toBeGreaterThan(20);
    expect(adapterSources.length).toBeGreaterThan(0);
  });

  it("every room of core has a place", () => {
    const known = new Set([...tiers.flat(), ...leaves, optionsRoom]);
    const strangers = coreSources.filter((file) => roomOf(file) !== undefined && !known.has(roomOf(file) ?? ""));
    expect(strangers, "A new room is added to the order in test/architecture.test.ts and ARCHITECTURE.md.").toEqual([]);
  });

  it("rooms of core import downwards only", () => {
    const broken: string[] = [];
    for (const { file, target } of imports(coreSources)) {
      const from = roomOf(file);
      if (from === undefined || leaves.includes(from) || from === optionsRoom) continue;
      if (!target.startsWith(".")) continue;
      const to = roomOf(resolveImport(file, target));
      // Who may read options is a rule of its own.
      if (to === from || to === optionsRoom) continue;
      if (to === undefined || (!leaves.includes(to) && tierOf(to) >= tierOf(from))) broken.push(`${file} → ${target}`);
    }
    expect(
      broken,
      "Rooms import downwards only: telemetry → health → exchange → tracing, logging → sampling, metrics → limits → otlp → pipeline. Type imports count; rooms on one tier do not import each other.",
    ).toEqual([]);
  });

  it("sub-rooms of core import downwards only", () => {
    const broken = imports(coreSources).filter(({ file, target }) => {
      if (!target.startsWith(".")) return false;
      const to = resolveImport(file, target);
      const room = roomOf(file) ?? "";
      if (roomOf(to) !== room || subRoomOf(to) === subRoomOf(file)) return false;
      return subRooms[room]?.[subRoomOf(file)]?.includes(subRoomOf(to)) !== true;
    });
    expect(
      show(broken),
      "A sub-room imports those of its room that test/architecture.test.ts names beside it. Type imports count.",
    ).toEqual([]);
  });

  it("the table of sub-rooms goes downwards, and allows nothing that nobody does", () => {
    const upwards = Object.entries(subRooms).flatMap(([room, table]) => {
      const order = Object.keys(table);
      return Object.entries(table).flatMap(([from, allowed]) =>
        allowed
          .filter((to) => !order.slice(0, order.indexOf(from)).includes(to))
          .map((to) => `${room}: ${from} → ${to}`),
      );
    });
    expect(upwards, "A sub-room stands behind all that it imports, so that there is no circle.").toEqual([]);
    const taken = new Set(
      imports(coreSources)
        .filter(({ target }) => target.startsWith("."))
        .map(({ file, target }) => ({ file, to: resolveImport(file, target) }))
        .filter(({ file, to }) => roomOf(file) === roomOf(to))
        .map(({ file, to }) => `${roomOf(file)}: ${subRoomOf(file)} → ${subRoomOf(to)}`),
    );
    const unused = Object.entries(subRooms).flatMap(([room, table]) =>
      Object.entries(table)
        .flatMap(([from, allowed]) => allowed.map((to) => `${room}: ${from} → ${to}`))
        .filter((step) => !taken.has(step)),
    );
    expect(unused, "What no sub-room imports any more is not allowed any more.").toEqual([]);
  });

  it("every sub-room has a place in the table and in ARCHITECTURE.md", () => {
    const folders = new Set(coreSources.map((file) => `${roomOf(file)}/${subRoomOf(file)}`));
    const map = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const strangers = [...folders]
      .map((folder) => folder.split("/") as [room: string, sub: string])
      .filter(([, sub]) => sub !== ".")
      .filter(([room, sub]) => subRooms[room]?.[sub] === undefined || !map.includes(`${sub}/`))
      .map((folder) => folder.join("/"));
    expect(
      strangers,
      "A new sub-room is added to the table in test/architecture.test.ts and to ARCHITECTURE.md.",
    ).toEqual([]);
    const gone = Object.entries(subRooms).flatMap(([room, table]) =>
      Object.keys(table)
        .map((sub) => `${room}/${sub}`)
        .filter((folder) => !folders.has(folder)),
    );
    expect(gone, "The table names sub-rooms that exist.").toEqual([]);
  });

  it("no folder is a listing", () => {
    const counts = new Map<string, number>();
    for (const file of coreSources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    const listings = [...counts]
      .filter(([, count]) => count > maxSources)
      .map(([folder, count]) => `${folder}: ${count}`);
    expect(listings, `A folder has at most ${maxSources} sources: what belongs together gets a sub-room.`).toEqual([]);
  });

  it("docs name files that exist", () => {
    const docs = ["ARCHITECTURE.md", "CONTRIBUTING.md", ...globSync("docs/*.md", { cwd: root }).map(slashes)];
    const gone = docs.flatMap((doc) =>
      [...readFileSync(join(root, doc), "utf8").matchAll(/`([a-z-]+(?:\/[a-z-]+)+\.ts)`/g)]
        .map(([, path = ""]) => path)
        .filter((path) => ![path, `packages/core/src/${path}`].some((place) => existsSync(join(root, place))))
        .map((path) => `${doc}: ${path}`),
    );
    expect(gone, "A path in the docs is one of the repository, or of `packages/core/src`.").toEqual([]);
  });

  it("a project refers to those it imports, or a build from nothing takes them in any order", () => {
    const folders = globSync("{packages,examples}/*/tsconfig.json", { cwd: root }).map((file) =>
      slashes(dirname(file)),
    );
    const named = new Map(
      folders.map((folder) => [
        (JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { name: string }).name,
        folder,
      ]),
    );
    const missing = folders.flatMap((folder) => {
      const { references = [] } = JSON.parse(readFileSync(join(root, folder, "tsconfig.json"), "utf8")) as {
        references?: readonly { path: string }[];
      };
      const known = new Set(references.map(({ path }) => slashes(join(folder, path))));
      const files = globSync(`${folder}/src/**/*.{ts,tsx}`, { cwd: root })
        .map(slashes)
        .filter((file) => !/\.test\.ts$|\/src\/testing\//.test(file));
      const used = imports(files)
        .map(({ target }) => named.get(target.split("/", target.startsWith("@") ? 2 : 1).join("/")))
        .filter((other) => other !== undefined && other !== folder && !known.has(other));
      return [...new Set(used)].map((other) => `${folder} imports ${other}`);
    });
    expect(missing, "Add it to the `references` of its tsconfig.json.").toEqual([]);
  });

  it("model and tally are leaves", () => {
    const broken = imports(coreSources)
      .filter(({ file }) => leaves.includes(roomOf(file) ?? ""))
      .filter(({ file, target, typeOnly }) => {
        if (target.startsWith(".")) return roomOf(resolveImport(file, target)) !== roomOf(file);
        return !target.startsWith("node:") && !(typeOnly && target === "@opentelemetry/api");
      });
    expect(
      show(broken),
      "`model` and `tally` are leaves for all: they import nothing but themselves, `node:` and types of `@opentelemetry/api`.",
    ).toEqual([]);
  });

  it("options are read by telemetry alone, and know only model", () => {
    const rule = "Only `telemetry` reads `options` and hands each room its settings; `options` imports only `model`.";
    const broken = imports(coreSources).filter(({ file, target }) => {
      if (roomOf(file) === optionsRoom) {
        if (target.startsWith("node:")) return false;
        const to = target.startsWith(".") ? roomOf(resolveImport(file, target)) : undefined;
        return to !== optionsRoom && to !== "model";
      }
      if (!target.startsWith(".") || roomOf(resolveImport(file, target)) !== optionsRoom) return false;
      const room = roomOf(file);
      return room !== undefined && room !== "telemetry";
    });
    expect(show(broken), rule).toEqual([]);
  });

  it("core imports nothing but @opentelemetry/api and node:", () => {
    const broken = imports(coreSources).filter(
      ({ target }) => !target.startsWith(".") && !target.startsWith("node:") && target !== "@opentelemetry/api",
    );
    expect(
      show(broken),
      "Core imports no framework and, at run time, nothing but `@opentelemetry/api` and `node:`.",
    ).toEqual([]);
  });

  it("the published types of core import nothing but @opentelemetry/api and node:", () => {
    const declarations = globSync("packages/core/dist/**/*.d.ts", { cwd: root }).map(slashes);
    expect(declarations, "There is no build to judge: run `pnpm build`.").not.toEqual([]);
    const broken = imports(declarations).filter(
      ({ target }) => !target.startsWith(".") && !target.startsWith("node:") && target !== "@opentelemetry/api",
    );
    expect(show(broken), "Published types of core import nothing but `@opentelemetry/api` and `node:`.").toEqual([]);
  });

  it.each(adapterSources)("the $adapter adapter uses only core's public entries", ({ adapter, files }) => {
    const manifest = JSON.parse(readFileSync(join(root, "packages", adapter, "package.json"), "utf8")) as {
      peerDependencies: Record<string, string>;
    };
    const framework = (target: string): boolean => Object.hasOwn(manifest.peerDependencies, target);
    const broken = imports(files).filter(({ target, typeOnly }) => {
      if (target.startsWith(".") || target.startsWith("node:") || coreEntries.has(target)) return false;
      return !(typeOnly && framework(target)) && standsOn[adapter]?.includes(target) !== true;
    });
    expect(
      show(broken),
      "An adapter uses only core's public entries, and types of its framework, so that anyone can write another.",
    ).toEqual([]);
  });

  it("built-in modules are imported behind node:", () => {
    const all = [...coreSources, ...adapterSources.flatMap(({ files }) => files)];
    const broken = imports(all).filter(({ target }) => !target.startsWith("node:") && isBuiltin(target));
    expect(show(broken), "A built-in module is imported as `node:…`.").toEqual([]);
  });

  it("nothing reads the time or rolls dice on its own", () => {
    // `() => performance.now()` and `Math.random` without a call are sources that are handed on, which is what is asked for.
    const read =
      /(?<!\(\) => )\b(?:Date|performance)\.now\(|\bMath\.random\(|\bnew Date\(\s*\)|\bprocess\.hrtime\b|\brandomFillSync\b/g;
    const all = [...coreSources, ...adapterSources.flatMap(({ files }) => files)];
    const broken = all.filter((file) => timeAndChance[file] === undefined).flatMap((file) => find(file, read));
    expect(
      broken,
      "Time and randomness come in as parameters: they are read in model/clock and model/random alone.",
    ).toEqual([]);
  });

  it("no exception for time and randomness has gone stale", () => {
    const stale = Object.keys(timeAndChance).filter((file) => !existsSync(join(root, file)));
    expect(stale, "An exception names a file that exists.").toEqual([]);
  });

  it("no file escapes the types", () => {
    const all = globSync("{packages,examples}/*/src/**/*.ts", { cwd: root })
      .concat(globSync("{test,scripts}/**/*.ts", { cwd: root }))
      .map(slashes)
      .filter((file) => !file.includes("node_modules") && !file.includes("/fixtures/"));
    const broken = all.flatMap((file) => [
      ...find(file, /(?::|<|\||&|=>|\bas\b|\bextends\b|\bkeyof\b)\s*any\b(?!\s*[:(?.])/g),
      ...find(
        file,
        /@ts-(?:ignore|nocheck)\b/g,
        readFileSync(join(root, file), "utf8").replaceAll(/(["'`/])(?:\\.|(?!\1).)*\1/g, ""),
      ),
    ]);
    expect(broken, "No `any` and no `@ts-ignore`: the types are true, or they are changed.").toEqual([]);
  });

  it("a test that starts a process is named so, and is no unit test", () => {
    const starts = /\bfrom "node:(?:child_process|cluster)"/;
    const unnamed = globSync(["packages/*/src/**/*.test.ts", "examples/*/src/**/*.test.ts", "test/*.test.ts"], {
      cwd: root,
    })
      .map(slashes)
      .filter((file) => !file.endsWith(".process.test.ts") && starts.test(readFileSync(join(root, file), "utf8")));
    expect(unnamed, "Name it `….process.test.ts`: vitest.config.ts has a project for these.").toEqual([]);
  });
});

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

/** Every module a file names: by `import`, `export … from`, `import()` in code or in a type, and `require`. */
function imports(files: readonly string[]): Import[] {
  return files.flatMap((file) => {
    const code = withoutComments(readFileSync(join(root, file), "utf8"));
    const found: Import[] = [];
    for (const [, words = "", target = ""] of code.matchAll(
      /(?:^|[;\n}])\s*((?:import|export)\b[^"'`;]*?)\bfrom\s*["']([^"']+)["']/g,
    )) {
      found.push({ file, target, typeOnly: isTypeOnly(words) });
    }
    for (const [, target = ""] of code.matchAll(/(?:^|[;\n}])\s*import\s*["']([^"']+)["']/g))
      found.push({ file, target, typeOnly: false });
    for (const [, target = ""] of code.matchAll(/\b(?:import|require\w*)\s*(?:<[^>]*>)?\(\s*["']([^"']+)["']/g)) {
      found.push({ file, target, typeOnly: false });
    }
    return found;
  });
}

/** Whether `import type …`, or every name in the braces is a `type`. */
function isTypeOnly(words: string): boolean {
  if (/^(?:import|export)\s+type\b/.test(words)) return true;
  const names = /^(?:import|export)\s*\{([^}]*)\}\s*$/.exec(words)?.[1];
  if (names === undefined) return false;
  const listed = names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return listed.length > 0 && listed.every((name) => name.startsWith("type "));
}

/** Sources that ship: no tests and nothing that exists for them. */
function sources(folder: string): string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .map(slashes)
    .filter((file) => !file.endsWith(".test.ts") && !file.includes("/testing/"))
    .toSorted();
}

/** The folder under `packages/core/src` that a file lies in; undefined for the files above all rooms. */
function roomOf(file: string): string | undefined {
  const [room, ...rest] = file.slice("packages/core/src/".length).split("/");
  return rest.length > 0 ? room : undefined;
}

/** The folder of its room that a file lies in: `.` for the room itself. */
function subRoomOf(file: string): string {
  const [, ...rest] = file.slice("packages/core/src/".length).split("/");
  return rest.length > 1 ? (rest[0] ?? ".") : ".";
}

function tierOf(room: string): number {
  const tier = tiers.findIndex((rooms) => rooms.includes(room));
  return tier === -1 ? Number.POSITIVE_INFINITY : tier;
}

function resolveImport(file: string, target: string): string {
  return slashes(relative(root, resolve(root, dirname(file), target)));
}

function find(
  file: string,
  pattern: RegExp,
  code = withoutComments(readFileSync(join(root, file), "utf8"), true),
): string[] {
  return [...code.matchAll(pattern)].map((match) => `${file}: ${match[0].trim()}`);
}

/** The code alone, for patterns; texts are emptied on request. Regular expressions stay, so a pattern must not care for what is in them. */
function withoutComments(code: string, emptyTexts = false): string {
  return code.replaceAll(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g,
    (match) => {
      if (match.startsWith("/")) return "";
      return emptyTexts ? '""' : match;
    },
  );
}

function show(found: readonly Import[]): string[] {
  return found.map(({ file, target }) => `${file} → ${target}`);
}

function slashes(path: string): string {
  return path.replaceAll(sep, "/");
}
