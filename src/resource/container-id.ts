import { readFileSync } from 'node:fs';

const ID = '[\\da-f]{64}';

/** `<id>`, `docker-<id>.scope`, `cri-containerd-<id>.scope`, `crio-<id>.scope`, `libpod-<id>.scope`, `…:cri-containerd:<id>`. */
const CGROUP_SEGMENT = new RegExp(`^(?:.*:)?((?:[a-z]+-)*)(${ID})(?:\\.scope)?$`);
/** AWS Fargate names a container after its task, `/ecs/<task>/<task>-<number>`. */
const FARGATE_SEGMENT = /^[\da-f]{32}-\d{6,}$/;

/** podman and CRI-O mount these from the container's own directory; their `hostname` may be the pod's. */
const OWN_MOUNT = new RegExp(`/(${ID})/userdata/(?:\\.containerenv|run/secrets)$`);
/** docker and nerdctl, which has a namespace in between. */
const HOST_FILE = new RegExp(`/containers/(?:[^/]+/)?(${ID})/(?:hostname|hosts|resolv\\.conf)$`);
/** In a pod these files are those of the sandbox, the pod's first container. */
const POD = /\/kubelet\/pods\/|\/sandboxes\/|kubernetes\.io/;

/**
 * Finds the id of the container that this process runs in.
 *
 * With a cgroup namespace of its own (the rule with cgroup v2) a process sees its path as `/`; then only the files that
 * the runtime mounted tell. Under containerd in Kubernetes these are all of the sandbox, and there is no id to be had.
 *
 * Ours instead of `@opentelemetry/resource-detector-container` 0.9.0, which takes any hexadecimal name for an id
 * (`/system.slice/cafe.service`) and the sandbox's `hostname` file for the container's (CRI-O, docker in Kubernetes).
 *
 * @param cgroup text of `/proc/self/cgroup`: `hierarchy:controllers:path` lines
 * @param mountinfo text of `/proc/self/mountinfo`; field 4 is the path in the source, field 5 the mount point
 * @returns 64 hexadecimal digits (on Fargate 32, a dash and digits), or undefined outside of a container and where
 *   nothing tells
 * @see https://opentelemetry.io/docs/specs/semconv/resource/container/
 */
export function findContainerId(cgroup: string, mountinfo: string): string | undefined {
  return idInCgroup(cgroup) ?? idInMounts(mountinfo);
}

function idInCgroup(cgroup: string): string | undefined {
  for (const line of cgroup.split('\n')) {
    const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
    // the innermost container last; podman and systemd add a cgroup of their own below it
    for (const segment of path.split('/').toReversed()) {
      const [, prefix, id] = CGROUP_SEGMENT.exec(segment) ?? [];
      if (id !== undefined && prefix?.endsWith('conmon-') !== true) return id;
      if (path.includes('/ecs/') && FARGATE_SEGMENT.test(segment)) return segment;
    }
  }
  return undefined;
}

function idInMounts(mountinfo: string): string | undefined {
  const sources = mountinfo.split('\n').map((line) => line.split(' ', 5).slice(3));
  for (const [source = ''] of sources) {
    const own = OWN_MOUNT.exec(source)?.[1];
    if (own !== undefined) return own;
  }
  if (sources.some(([source = '', mountPoint = '']) => POD.test(source) || POD.test(mountPoint))) return undefined;
  for (const [source = ''] of sources) {
    const id = source.includes('/overlay-containers/') ? undefined : HOST_FILE.exec(source)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Reads two files of `/proc`, which is no waiting; absent on other systems than Linux. */
export function readContainerId(read: (path: string) => string = readProc): string | undefined {
  return findContainerId(read('/proc/self/cgroup'), read('/proc/self/mountinfo'));
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
