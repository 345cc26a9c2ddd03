import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findContainerId, readContainerId } from '../../src/resource/container-id.ts';

const OWN = '2ae3ef9bbf4d07d55a9bcb35a4f0e6b1a5dcf0ac2d1a6b7c8d9e0f1a2b3c4d5e';
const SANDBOX = '5a4bdc0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4';
const POD = 'pod9d62e8cf_1b0e_4d5a_8f7c_0a1b2c3d4e5f';

function mounts(...pairs: [source: string, mountPoint: string][]): string {
  const root = `900 800 0:50 / / rw,relatime - overlay overlay rw,upperdir=/var/lib/containerd/${SANDBOX}/fs`;
  return [
    root,
    ...pairs.map(([source, at], n) => `${901 + n} 900 259:1 ${source} ${at} rw - ext4 /dev/root rw`),
    '',
  ].join('\n');
}

describe('the container id by cgroup', () => {
  const cases: [what: string, cgroup: string][] = [
    ['docker, v1', `12:memory:/docker/${OWN}\n1:name=systemd:/docker/${OWN}`],
    ['docker by systemd, v1', `5:pids:/system.slice/docker-${OWN}.scope`],
    ['docker in Kubernetes, v1', `4:cpu,cpuacct:/kubepods/burstable/${POD}/${OWN}`],
    ['docker in docker, v1', `3:cpu:/docker/${SANDBOX}/docker/${OWN}`],
    ['containerd, v1', `0::/\n11:devices:/kubepods.slice/kubepods-${POD}.slice/cri-containerd-${OWN}.scope`],
    [
      'containerd by name, v1',
      `1:name=systemd:/system.slice/containerd.service/kubepods-${POD}.slice:cri-containerd:${OWN}`,
    ],
    [
      'containerd, v2, the namespace of the host',
      `0::/kubepods.slice/kubepods-${POD}.slice/cri-containerd-${OWN}.scope`,
    ],
    ['CRI-O, v1', `7:pids:/kubepods.slice/kubepods-${POD}.slice/crio-${OWN}.scope`],
    ['CRI-O, v2, with a cgroup below it', `0::/kubepods.slice/kubepods-${POD}.slice/crio-${OWN}.scope/container`],
    ['podman, v1', `10:pids:/machine.slice/libpod-${OWN}.scope`],
    [
      'podman without root, v2',
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${OWN}.scope/container`,
    ],
    ['nerdctl, v1', `4:memory:/system.slice/nerdctl-${OWN}.scope`],
    ['ECS on EC2', `9:perf_event:/ecs/14e1ae3a-7b1c-4b9d-9f0e/${OWN}`],
  ];
  for (const [what, cgroup] of cases) {
    it(what, () => assert.equal(findContainerId(cgroup, ''), OWN));
  }

  it('ECS on Fargate', () => {
    const id = '455f62cf453a4e5c9d7a0b1c2d3e4f50-2531612879';
    assert.equal(findContainerId(`1:name=systemd:/ecs/455f62cf453a4e5c9d7a0b1c2d3e4f50/${id}`, ''), id);
  });

  it('is absent outside of a container, whatever looks like one', () => {
    for (const path of [
      '/',
      '',
      '/init.scope',
      '/user.slice/user-1000.slice/session-3.scope',
      '/system.slice/cafe.service',
    ]) {
      assert.equal(findContainerId(`0::${path}`, mounts()), undefined);
    }
    assert.equal(findContainerId('4:memory:/process_api/1e25d9fa4567209acbaa7fc9c71abb59', ''), undefined);
    assert.equal(findContainerId(`1:name=systemd:/machine.slice/libpod-conmon-${OWN}.scope`, ''), undefined);
    assert.equal(findContainerId('', ''), undefined);
  });
});

describe('the container id by mounts, where the cgroup is `/`', () => {
  const find = (...pairs: [string, string][]): string | undefined => findContainerId('0::/\n', mounts(...pairs));
  const containers = '/var/lib/docker/containers';

  it('docker', () => {
    assert.equal(
      find(
        [`${containers}/${OWN}/resolv.conf`, '/etc/resolv.conf'],
        [`${containers}/${OWN}/hostname`, '/etc/hostname'],
      ),
      OWN,
    );
    assert.equal(find([`/docker/containers/${OWN}/hosts`, '/etc/hosts']), OWN);
  });

  it('nerdctl', () => {
    assert.equal(find([`/var/lib/nerdctl/1935db59/containers/default/${OWN}/hostname`, '/etc/hostname']), OWN);
  });

  it('podman, and its own one in a pod, whose hostname is the infra container', () => {
    const storage = '/run/containers/storage/overlay-containers';
    assert.equal(find([`${storage}/${OWN}/userdata/.containerenv`, '/run/.containerenv']), OWN);
    assert.equal(
      find(
        [`${storage}/${SANDBOX}/userdata/hostname`, '/etc/hostname'],
        [`${storage}/${OWN}/userdata/.containerenv`, '/run/.containerenv'],
      ),
      OWN,
    );
  });

  it('CRI-O: its own secrets tell, its hostname and shm are the sandbox', () => {
    const storage = '/run/containers/storage/overlay-containers';
    const sandbox: [string, string][] = [
      [`${storage}/${SANDBOX}/userdata/shm`, '/dev/shm'],
      [`${storage}/${SANDBOX}/userdata/resolv.conf`, '/etc/resolv.conf'],
      [`${storage}/${SANDBOX}/userdata/hostname`, '/etc/hostname'],
    ];
    assert.equal(find(...sandbox), undefined);
    assert.equal(find(...sandbox, [`${storage}/${OWN}/userdata/run/secrets`, '/run/secrets']), OWN);
  });

  it('containerd: absent, never the sandbox', () => {
    const sandbox = `/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${SANDBOX}`;
    assert.equal(
      find([`${sandbox}/hostname`, '/etc/hostname'], [`${sandbox}/resolv.conf`, '/etc/resolv.conf']),
      undefined,
    );
  });

  it('docker in Kubernetes: absent, never the sandbox', () => {
    assert.equal(
      find(
        ['/var/lib/kubelet/pods/9d62e8cf-1b0e-4d5a/etc-hosts', '/etc/hosts'],
        [`${containers}/${SANDBOX}/hostname`, '/etc/hostname'],
      ),
      undefined,
    );
  });

  it('a volume with such a name is no container', () => {
    assert.equal(find([`/srv/backup/${OWN}/hostname`, '/data/hostname']), undefined);
  });
});

describe('readContainerId', () => {
  it('reads /proc, and finds nothing where there is none', () => {
    const read: string[] = [];
    readContainerId((path) => (read.push(path), ''));
    assert.deepEqual(read, ['/proc/self/cgroup', '/proc/self/mountinfo']);
    assert.match(readContainerId() ?? '', /^([\da-f]{64})?$/);
  });
});
