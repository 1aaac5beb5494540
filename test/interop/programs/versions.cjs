// What this folder really has: which versions, and which modules are one and the same.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const sdkName = process.argv[2];

const core = require.resolve("@gossamer/core");
const sdk = require.resolve(sdkName);
const api = (file) => createRequire(file).resolve("@opentelemetry/api");
const version = (name) =>
  JSON.parse(readFileSync(join(__dirname, "node_modules", name, "package.json"), "utf8")).version;

console.log(
  JSON.stringify({
    api: version("@opentelemetry/api"),
    sdk: version(sdkName),
    core,
    coreOfExpress: createRequire(require.resolve("@gossamer/express")).resolve("@gossamer/core"),
    apiHere: require.resolve("@opentelemetry/api"),
    apiOfCore: api(core),
    apiOfSdk: api(sdk),
    apiOfInstrumentation: api(require.resolve("@opentelemetry/instrumentation-http")),
  }),
);
