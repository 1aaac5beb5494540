import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTelemetry, resetTelemetry } from "@gossamer/core";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const root = join(import.meta.dirname, "..");
const text = readFileSync(join(root, "deploy/kubernetes/shop.yaml"), "utf8");

interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: string;
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
  }[];
  readonly resources: Resources;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string; readonly configMap: { readonly name: string } }[];
}

const documents = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
const configMap = documents.find(({ kind }) => kind === "ConfigMap") as { data: Record<string, string> };
const deployment = documents.find(({ kind }) => kind === "Deployment") as {
  spec: { template: { spec: Pod } };
};
const pod = deployment.spec.template.spec;
const agent = pod.initContainers.find(({ name }) => name === "otel-agent");
const shop = pod.containers.find(({ name }) => name === "shop");

const folders: string[] = [];
afterEach(async () => {
  await resetTelemetry();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** As Kubernetes itself would judge it, by the schema of its API. */
function validate(document: Record<string, unknown>): void {
  if (document["kind"] === "Deployment") new Deployment(document as never).validate();
  else if (document["kind"] === "ConfigMap") new ConfigMap(document as never).validate();
  else throw new Error(`${String(document["kind"])} is not judged here`);
}

describe("the example for Kubernetes", () => {
  it("is what the API's schema takes, each document of it (R-D5)", () => {
    expect(documents.map(({ kind }) => kind)).toEqual(["ConfigMap", "Deployment"]);
    for (const document of documents) expect(() => validate(document)).not.toThrow();
  });

  it.each([
    ["a replica count that is text", (copy: string) => copy.replace("replicas: 2", 'replicas: "two"')],
    ["a selector that is missing", (copy: string) => copy.replace("selector:", "selectors:")],
    ["a memory limit that is none", (copy: string) => copy.replace("memory: 64Mi", "memory: 64 megabytes")],
  ])("would not be taken with %s (R-D5)", (_, change) => {
    const changed = parseAllDocuments(change(text)).map((document) => document.toJS() as Record<string, unknown>);
    expect(() => changed.forEach(validate)).toThrow();
  });

  it("gives the agent what the guide allows, and Go a bound below it (R-D5)", () => {
    expect(agent?.restartPolicy).toBe("Always");
    expect(agent?.resources).toEqual({
      requests: { cpu: "50m", memory: "32Mi" },
      limits: { cpu: "100m", memory: "64Mi" },
    });
    const valueOf = (name: string): number =>
      Number.parseInt(agent?.env.find((one) => one.name === name)?.value ?? "", 10);
    expect(valueOf("GOMEMLIMIT")).toBeLessThan(0.85 * 64);
    expect(valueOf("MEMORY_LIMIT_MIB")).toBeLessThan(valueOf("GOMEMLIMIT"));
    expect(valueOf("MEMORY_SPIKE_MIB")).toBeLessThan(valueOf("MEMORY_LIMIT_MIB"));
    const config = readFileSync(join(root, "deploy/collector/agent.yaml"), "utf8");
    for (const name of ["MEMORY_LIMIT_MIB", "MEMORY_SPIKE_MIB", "GATEWAY_HOST"])
      expect(config).toContain(`\${env:${name}`);
    const go = readFileSync(join(root, "deploy/collector/build/go.mod"), "utf8");
    expect(go).toContain(`v${agent?.image.split(":")[1]}`);
  });

  it("leaves time enough to end: preStop, the deadline and five seconds (R-D5)", () => {
    const telemetry = createTelemetry({ exporter: "none", shutdown: { signals: false }, diagnostics: "none" });
    const deadlineMs = Number(telemetry.status().settings["shutdown.deadlineMs"]?.value);
    expect(deadlineMs).toBeGreaterThan(0);
    const preStop = shop?.lifecycle?.preStop.sleep.seconds ?? Infinity;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStop + deadlineMs / 1_000 + 5);
  });

  it("tells telemetry of which pod, namespace and node it is (R-D5)", () => {
    const attributes = shop?.env.find(({ name }) => name === "OTEL_RESOURCE_ATTRIBUTES")?.value ?? "";
    const fields: Readonly<Record<string, string>> = Object.fromEntries(
      (shop?.env ?? []).flatMap(({ name, valueFrom }) =>
        valueFrom === undefined ? [] : [[name, valueFrom.fieldRef.fieldPath]],
      ),
    );
    const told = Object.fromEntries(
      attributes.split(",").map((pair) => {
        const [key = "", variable = ""] = pair.split("=");
        return [key, fields[variable.slice(2, -1)]];
      }),
    );
    expect(told).toEqual({
      "k8s.pod.name": "metadata.name",
      "k8s.pod.uid": "metadata.uid",
      "k8s.namespace.name": "metadata.namespace",
      "k8s.node.name": "spec.nodeName",
    });
  });

  it("mounts the folder of the sampling file, whose changes are followed as Kubernetes makes them (R-D5)", async () => {
    const mount = shop?.volumeMounts.find(({ name }) => name === "sampling");
    expect(mount).toMatchObject({ mountPath: "/etc/sampling" });
    expect(mount?.subPath).toBeUndefined();
    expect(shop?.env.find(({ name }) => name === "SAMPLING_FILE")?.value).toBe("/etc/sampling/sampling.json");
    // A volume of a ConfigMap is a link to a folder of one version, which is exchanged in one step.
    const folder = mkdtempSync(join(tmpdir(), "gossamer-config-map-"));
    folders.push(folder);
    const put = (version: string, content: string): void => {
      const versioned = mkdtempSync(join(folder, `..${version}-`));
      writeFileSync(join(versioned, "sampling.json"), content);
      symlinkSync(versioned, join(folder, `..data_${version}`));
      renameSync(join(folder, `..data_${version}`), join(folder, "..data"));
    };
    const first = configMap.data["sampling.json"] ?? "";
    put("1", first);
    symlinkSync(join("..data", "sampling.json"), join(folder, "sampling.json"));
    const telemetry = createTelemetry({
      exporter: "none",
      samplingFile: { path: join(folder, "sampling.json"), pollMs: 100 },
      shutdown: { signals: false },
      diagnostics: "none",
    });
    const given = JSON.parse(first) as { sampleRatio: number; rules: readonly object[] };
    await vi.waitFor(() => expect(telemetry.sampling.current().sampleRatio).toBe(given.sampleRatio), 20_000);
    expect(telemetry.sampling.current().rules).toMatchObject(given.rules);
    put("2", JSON.stringify({ ...given, sampleRatio: 0.25 }));
    await vi.waitFor(() => expect(telemetry.sampling.current().sampleRatio).toBe(0.25), 20_000);
  });

  it("names volumes and files that are there (R-D5, R-D6)", () => {
    const names = pod.volumes.map(({ name }) => name);
    for (const { volumeMounts } of [...pod.initContainers, ...pod.containers])
      for (const { name } of volumeMounts) expect(names).toContain(name);
    const [, file = ""] = /--from-file=agent\.yaml=(\S+)/.exec(text) ?? [];
    expect(parse(readFileSync(join(root, file), "utf8"))).toHaveProperty("receivers");
  });
});
