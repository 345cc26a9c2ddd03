import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeReport } from '../../../src/cli/doctor/probe-report.ts';
import { findSubject } from '../../../src/cli/doctor/subject.ts';

const report: ProbeReport = {
  kind: 'program',
  node: '22.1.0',
  entry: '/srv/shop/app.js',
  cwd: '/srv',
  flags: [],
  env: { A: '1' },
  preload: null,
  before: [],
  code: 0,
};

test('with a report it is the process of the command, without one that of doctor', () => {
  const seen = findSubject({ report, code: 0, stderr: '' }, { B: '2' }, '/here');
  assert.deepEqual(
    [seen.env, seen.cwd, seen.node, seen.entry, seen.directory],
    [{ A: '1' }, '/srv', '22.1.0', '/srv/shop/app.js', '/srv/shop'],
  );
  for (const probed of [undefined, { report: undefined, code: 1, stderr: '' }]) {
    const own = findSubject(probed, { B: '2' }, '/here');
    assert.deepEqual(
      [own.env, own.cwd, own.node, own.entry, own.directory],
      [{ B: '2' }, '/here', process.versions.node, undefined, '/here'],
    );
  }
});

test('a variable of podman, systemd or Kubernetes tells of a container', () => {
  assert.ok(findSubject(undefined, { container: 'podman' }, '/').isContainer);
  assert.ok(findSubject(undefined, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, '/').isContainer);
});
