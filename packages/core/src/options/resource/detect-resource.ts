import type { Attributes } from "../../model/attributes.ts";
import type { Resource } from "../../model/resource.ts";
import { schemaUrl, version } from "../../model/scope.ts";
import { containerFacts } from "./container-facts.ts";
import { findPackageInfo } from "./package-info.ts";
import { systemResourceIo, type ResourceIo } from "./resource-io.ts";
import type { Settings } from "../settle/settings.ts";
import type { Variables } from "../variables/variable-reader.ts";

export type ResourceSettings = Pick<
  Settings,
  "serviceName" | "serviceVersion" | "serviceInstanceId" | "environment" | "resourceAttributes"
>;

/**
 * What produces the telemetry: the service as the settings or the nearest package.json name it, the process, host, container and pod.
 *
 * `resourceAttributes` win over what is detected, the settings' own names over both. Reads a few files of bounded size; starts no
 * process, uses no network, never throws. Names follow the OpenTelemetry semantic conventions.
 */
export function detectResource(
  settings: ResourceSettings,
  variables: Variables,
  io: ResourceIo = systemResourceIo(),
): Resource {
  const found: Attributes = {
    ...serviceFacts(settings, io),
    ...hostFacts(io),
    ...processFacts(io),
    ...containerFacts(io, variables),
    ...settings.resourceAttributes,
    ...namedFacts(settings),
    "telemetry.sdk.name": "gossamer",
    "telemetry.sdk.language": "nodejs",
    "telemetry.sdk.version": version,
  };
  const known = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  if (found["service.instance.id"] === "") drawLater(known, "service.instance.id", () => io.randomUuid());
  return Object.freeze({ attributes: Object.freeze(known), schemaUrl });
}

/** For what takes `node:crypto`, which is loaded by the time somebody asks, and would be most of this. */
function drawLater(attributes: Attributes, name: string, draw: () => string): void {
  let drawn: string | undefined;
  Object.defineProperty(attributes, name, { enumerable: true, get: () => (drawn ??= draw()) });
}

type Facts = Readonly<Record<string, string | number | undefined>>;

function serviceFacts({ serviceName, serviceVersion }: ResourceSettings, io: ResourceIo): Facts {
  const asks = serviceName === undefined || serviceVersion === undefined;
  const info = asks ? findPackageInfo(io) : undefined;
  return {
    "service.name": info?.name ?? "unknown_service:node",
    "service.version": info?.version,
    "service.instance.id": "",
  };
}

function namedFacts(settings: ResourceSettings): Facts {
  const named: Facts = {
    "service.name": settings.serviceName,
    "service.version": settings.serviceVersion,
    "service.instance.id": settings.serviceInstanceId,
    "deployment.environment.name": settings.environment,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** Node's names where the conventions have others. */
const archNames: Facts = { x64: "amd64", arm: "arm32", ia32: "x86" };
const systemNames: Facts = { win32: "windows", sunos: "solaris" };

function hostFacts(io: ResourceIo): Facts {
  const name = io.hostName();
  return {
    "host.name": name === "" ? undefined : name,
    "host.arch": archNames[io.arch] ?? io.arch,
    "os.type": systemNames[io.platform] ?? io.platform,
  };
}

function processFacts(io: ResourceIo): Facts {
  return {
    "process.pid": io.pid,
    "process.runtime.name": "nodejs",
    "process.runtime.version": io.nodeVersion,
    "process.runtime.description": "Node.js",
  };
}
