import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installedSize, type InstalledSize } from "../harness/installed-size.ts";
import { number, table } from "../report/table.ts";
import type { Part } from "./part.ts";

/** What the README of each has one install for an Express service. */
const installs: Readonly<Record<string, readonly string[]>> = {
  Gossamer: ["@gossamer/express"],
  OpenTelemetry: [
    "@opentelemetry/sdk-node",
    "@opentelemetry/instrumentation-http",
    "@opentelemetry/instrumentation-express",
  ],
  "dd-trace": ["dd-trace"],
  "elastic-apm-node": ["elastic-apm-node"],
};

const ours = "Gossamer";
const root: string = join(dirname(fileURLToPath(import.meta.url)), "..");

/** What an installation takes on disk. */
export const install: Part = {
  name: "install",
  title: "Size of the install for an Express service",
  async run(settings) {
    const sizes = new Map<string, InstalledSize>();
    for (const [name, packages] of Object.entries(installs)) {
      settings.progress.say(name);
      sizes.set(name, await installedSize(packages, root));
    }
    const own = sizes.get(ours)!;
    return {
      text: [
        table(
          ["", "MB", "× Gossamer", "files", "packages"],
          [...sizes].map(([name, { bytes, files, packages }]) => [
            name,
            number(bytes / 1_000_000),
            number(bytes / own.bytes),
            String(files),
            String(packages),
          ]),
        ),
        "Everything that is installed along: dependencies, optional ones for this machine, and peers that must be there, such as @opentelemetry/api; Express is not in it.",
        "Gossamer's own packages count what would be published. No download was made: these are the files that this bench runs on.",
      ].join("\n"),
      targets: [],
      packages: Object.values(installs).flat(),
      data: { installs, sizes: Object.fromEntries(sizes) },
    };
  },
};
