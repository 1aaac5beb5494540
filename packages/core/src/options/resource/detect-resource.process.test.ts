import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Attributes } from "../../model/attributes.ts";
import { version } from "../../model/scope.ts";
import { detectResource } from "./detect-resource.ts";
import { maxFileBytes, systemResourceIo, type ResourceIo } from "./resource-io.ts";
import { resolveOptions } from "../resolve-options.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";

const id = "0123456789abcdef".repeat(4);
const uid = "01234567-89ab-cdef-0123-456789abcdef";

interface Machine {
  readonly files?: Record<string, string>;
  readonly options?: TelemetryOptions;
  readonly variables?: Record<string, string>;
  readonly io?: Partial<ResourceIo>;
}

function attributesOn({ files = {}, options = {}, variables = {}, io = {} }: Machine): Attributes {
  const machine: ResourceIo = {
    readText: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    hostName: () => "box",
    randomUuid: () => "uuid",
    mainScript: "/srv/shop/dist/main.js",
    directory: "/home/user",
    pid: 7,
    arch: "x64",
    platform: "linux",
    nodeVersion: "24.1.0",
    ...io,
  };
  return detectResource(resolveOptions(options, variables).settings, variables, machine).attributes;
}

test("the resource names service, instance, host, process and this library (R-C6)", () => {
  expect(attributesOn({ options: { environment: "staging" } })).toEqual({
    "service.name": "unknown_service:node",
    "service.instance.id": "uuid",
    "deployment.environment.name": "staging",
    "host.name": "box",
    "host.arch": "amd64",
    "os.type": "linux",
    "process.pid": 7,
    "process.runtime.name": "nodejs",
    "process.runtime.version": "24.1.0",
    "process.runtime.description": "Node.js",
    "telemetry.sdk.name": "gossamer",
    "telemetry.sdk.language": "nodejs",
    "telemetry.sdk.version": version,
  });
});

test("the version it names is the package's (R-C6)", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(version).toBe(manifest.version);
});

test.each([
  ["arm64", "arm64", "darwin", "darwin"],
  ["arm", "arm32", "win32", "windows"],
  ["ia32", "x86", "sunos", "solaris"],
])("a processor %s is %s, a system %s is %s, as the conventions say (R-C6)", (arch, archName, platform, systemName) => {
  expect(attributesOn({ io: { arch, platform } })).toMatchObject({ "host.arch": archName, "os.type": systemName });
});

describe("names", () => {
  const files = { "/srv/shop/package.json": '\uFEFF{"name":"@acme/shop","version":"3.1.4"}' };

  test("name and version are the nearest package.json's that has a name (R-C6)", () => {
    const found = { "service.name": "@acme/shop", "service.version": "3.1.4" };
    expect(attributesOn({ files })).toMatchObject(found);
    const nearer = { "/srv/shop/dist/package.json": '{"type":"module"}' };
    expect(attributesOn({ files: { ...files, ...nearer } })).toMatchObject(found);
  });

  test("what was said wins over package.json (R-C6)", () => {
    const variables = {
      OTEL_SERVICE_NAME: "named",
      OTEL_RESOURCE_ATTRIBUTES: "service.version=9,team=a,host.name=pet",
    };
    expect(attributesOn({ files, variables })).toMatchObject({
      "service.name": "named",
      "service.version": "9",
      "host.name": "pet",
      team: "a",
    });
    const options = {
      serviceName: "code",
      serviceVersion: "1",
      serviceInstanceId: "i",
      resourceAttributes: { team: "b" },
    };
    expect(attributesOn({ files, variables, options })).toMatchObject({
      "service.name": "code",
      "service.version": "1",
      "service.instance.id": "i",
      team: "b",
    });
  });

  test("a script of an installed package does not lend its name, the working directory does (R-C6)", () => {
    const io = { mainScript: "/srv/shop/node_modules/runner/bin.js", directory: "/srv/shop/src" };
    const runner = { "/srv/shop/node_modules/runner/package.json": '{"name":"runner"}' };
    expect(attributesOn({ files: { ...files, ...runner }, io })["service.name"]).toBe("@acme/shop");
    expect(attributesOn({ files, io: { mainScript: undefined, directory: "/srv/shop" } })["service.name"]).toBe(
      "@acme/shop",
    );
  });

  test.each(["", "{", "null", "[]", '{"name":5}', '{"name":""}', '"name"'])(
    "a package.json that says nothing (%s) is passed over (R-C6)",
    (text) => {
      expect(attributesOn({ files: { "/srv/shop/package.json": text } })["service.name"]).toBe("unknown_service:node");
    },
  );
});

describe("containers", () => {
  const cgroup = "/proc/self/cgroup";
  const mountinfo = "/proc/self/mountinfo";

  test.each([
    [cgroup, `12:cpu:/docker/${id}`],
    [cgroup, `0::/system.slice/docker-${id}.scope`],
    [
      cgroup,
      `1:name=systemd:/kubepods.slice/kubepods-pod01234567_89ab_cdef_0123_456789abcdef.slice/cri-containerd-${id}.scope`,
    ],
    [mountinfo, `9 8 8:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/sda rw`],
    [mountinfo, `9 8 8:1 /containers/storage/overlay-containers/${id}/userdata/hosts /etc/hosts rw - ext4 /dev/sda rw`],
  ])("the container's id is found in %s: %s (R-C6)", (path, line) => {
    expect(attributesOn({ files: { [path]: `0::/\n${line}\n` } })["container.id"]).toBe(id);
  });

  test("a process on the host does not take a container's id or a pod's from the host's mounts (R-C6)", () => {
    const files = {
      [cgroup]: "0::/user.slice",
      [mountinfo]: `9 8 0:5 / /var/lib/docker/containers/${id}/mounts/shm rw - tmpfs shm rw\n9 8 0:5 / /var/lib/kubelet/pods/${uid}/volumes/x rw - tmpfs x rw`,
    };
    expect(Object.keys(attributesOn({ files })).filter((key) => /container|k8s/.test(key))).toEqual([]);
  });

  test("the pod's name, namespace and uid come from files and HOSTNAME (R-C6)", () => {
    const files = {
      "/var/run/secrets/kubernetes.io/serviceaccount/namespace": "prod\n",
      [cgroup]: `5:cpu:/kubepods/burstable/pod${uid}/${id}`,
    };
    const pod = { "k8s.namespace.name": "prod", "k8s.pod.uid": uid, "container.id": id };
    expect(attributesOn({ files, variables: { HOSTNAME: "shop-0" } })).toMatchObject({
      ...pod,
      "k8s.pod.name": "shop-0",
    });
    expect(attributesOn({ files: { ...files, "/etc/hostname": "shop-1\n" } })).toMatchObject({
      ...pod,
      "k8s.pod.name": "shop-1",
    });
    expect(
      attributesOn({ files: { ...files, "/etc/podinfo/name": "shop-2" }, variables: { HOSTNAME: "node" } }),
    ).toMatchObject({
      "k8s.pod.name": "shop-2",
    });
  });

  test("the pod's uid is found in its mounts and in the names of systemd (R-C6)", () => {
    const mounted = `9 8 8:1 /var/lib/kubelet/pods/${uid}/etc-hosts /etc/hosts rw - ext4 /dev/sda rw`;
    expect(attributesOn({ files: { [mountinfo]: mounted } })["k8s.pod.uid"]).toBe(uid);
    const slice = `0::/kubepods.slice/kubepods-besteffort-pod${uid.replaceAll("-", "_")}.slice/x`;
    expect(attributesOn({ files: { [cgroup]: slice } })["k8s.pod.uid"]).toBe(uid);
  });

  test("outside Kubernetes HOSTNAME is no pod (R-C6)", () => {
    expect(attributesOn({ variables: { HOSTNAME: "laptop" } })["k8s.pod.name"]).toBeUndefined();
  });
});

describe("the machine itself", () => {
  function directory(): string {
    const path = mkdtempSync(join(tmpdir(), "gossamer-resource-"));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  }

  test("a file is read up to its bound, and what is no file is not read (R-C6)", () => {
    const root = directory();
    const io = systemResourceIo();
    writeFileSync(join(root, "big"), "x".repeat(maxFileBytes + 1));
    mkdirSync(join(root, "folder"));
    expect(io.readText(join(root, "big"))).toHaveLength(maxFileBytes);
    expect(io.readText(join(root, "folder"))).toBeUndefined();
    expect(io.readText(join(root, "missing"))).toBeUndefined();
    expect(io.readText("/bad\0path")).toBeUndefined();
  });

  test("a pipe that nobody writes does not stop the start (R-C6)", { skip: process.platform === "win32" }, () => {
    const pipe = join(directory(), "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(systemResourceIo().readText(pipe)).toBeUndefined();
  });

  test("each process has an instance id of its own, and the resource cannot be changed (R-C6)", () => {
    const { settings } = resolveOptions({});
    const resource = detectResource(settings, {});
    expect(resource.attributes["service.instance.id"]).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
    expect(detectResource(settings, {}).attributes["service.instance.id"]).not.toBe(
      resource.attributes["service.instance.id"],
    );
    expect(resource.attributes["process.pid"]).toBe(process.pid);
    expect(Object.isFrozen(resource.attributes)).toBe(true);
  });
});
