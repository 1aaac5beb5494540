// Loaded with `node --import @gossamer/config`, it lets Gossamer read a configuration file in YAML: the one that OTEL_CONFIG_FILE names.
import { parseConfig } from "./parse-config.ts";

/** Where Gossamer looks for what reads another format than JSON. */
const place = globalThis as { [key: symbol]: unknown };
place[Symbol.for("gossamer.config-parser")] = parseConfig;

export { parseConfig };
