import type { Attributes } from "../../model/attributes.ts";
import type { ResourceIo } from "./resource-io.ts";
import type { Variables } from "../variables/variable-reader.ts";

const containerId = /(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?$/m;
const podUid = /\bpod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})\b/;

// Only the files that a container gets from outside: a process on the host sees other mounts of every container and pod.
const mountedContainerId = /\/(?:overlay-)?containers\/([0-9a-f]{64})\/(?:userdata\/)?(?:hostname|hosts|resolv\.conf) /;
const mountedPodUid = /\/pods\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/etc-hosts /;

const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
const podInfo = "/etc/podinfo";

/**
 * The container and the Kubernetes pod this runs in, as far as files tell: control groups, mounts, the service account and the
 * downward API mounted at `/etc/podinfo`.
 *
 * A pod's name is its host name, so a pod in the host's network is called as its node, unless the downward API says better.
 */
export function containerFacts(io: ResourceIo, variables: Variables): Attributes {
  const groups = io.readText("/proc/self/cgroup");
  const mounts = io.readText("/proc/self/mountinfo");
  return {
    "container.id": firstMatch(groups, containerId) ?? firstMatch(mounts, mountedContainerId),
    ...podFacts(io, variables, firstMatch(groups, podUid) ?? firstMatch(mounts, mountedPodUid)),
  };
}

function podFacts(io: ResourceIo, variables: Variables, foundUid: string | undefined): Attributes {
  const namespace = oneLine(io.readText(`${podInfo}/namespace`)) ?? oneLine(io.readText(namespaceFile));
  const uid = oneLine(io.readText(`${podInfo}/uid`)) ?? foundUid?.replaceAll("_", "-");
  const name = oneLine(io.readText(`${podInfo}/name`));
  if (namespace === undefined && uid === undefined && name === undefined) return {};
  return {
    "k8s.pod.name": name ?? oneLine(variables["HOSTNAME"]) ?? oneLine(io.readText("/etc/hostname")),
    "k8s.namespace.name": namespace,
    "k8s.pod.uid": uid,
  };
}

/** Of all lines at once: V8 compiles an expression that is run twice twice. */
function firstMatch(text: string | undefined, pattern: RegExp): string | undefined {
  return text === undefined ? undefined : pattern.exec(text)?.[1];
}

function oneLine(text: string | undefined): string | undefined {
  const line = text?.trim();
  return line === undefined || line === "" || line.includes("\n") || line.length > 255 ? undefined : line;
}
