import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hostDetector,
  osDetector as stockOsDetector,
  processDetector,
  type ResourceDetector,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import {
  createHostDetector,
  createInstanceDetector,
  createProcessDetector,
  osDetector,
} from '../../src/resource/local-detectors.ts';

/** What a detector finds, promises waited for; what was not found is left out. */
async function find(detector: ResourceDetector): Promise<Record<string, unknown>> {
  const found = await Promise.all(
    Object.entries(detector.detect().attributes ?? {}).map(async ([key, value]) => [key, await value] as const),
  );
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

const pairs: [name: string, ours: ResourceDetector, theirs: ResourceDetector][] = [
  ['host', createHostDetector(), hostDetector],
  ['os', osDetector, stockOsDetector],
  ['process', createProcessDetector(), processDetector],
];

for (const [name, ours, theirs] of pairs) {
  const skip = name === 'host' && process.platform !== 'linux' ? 'ours is for Linux' : false;
  test(`${name}: the same attributes as OpenTelemetry's`, { skip }, async () => {
    assert.deepEqual(await find(ours), await find(theirs));
  });
}

test('the process is described as it was started', async (t) => {
  const { title, argv } = process;
  t.after(() => Object.assign(process, { title, argv }));
  const detector = createProcessDetector();
  const before = await find(detector);
  Object.assign(process, { title: 'renamed', argv: ['other'] });
  assert.deepEqual(await find(detector), before);
});

test('the instance has one random UUID of version 4', async () => {
  const detector = createInstanceDetector();
  const id = (await find(detector))['service.instance.id'];
  assert.match(String(id), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.deepEqual(await find(detector), { 'service.instance.id': id });
  assert.notDeepEqual(await find(createInstanceDetector()), { 'service.instance.id': id });
  assert.equal(typeof (await find(serviceInstanceIdDetector))['service.instance.id'], 'string');
});

test('the machine is known by the first file that has an id, or by none', async () => {
  const host = (files: Record<string, string>) => find(createHostDetector((path) => files[path] ?? ''));
  const both = { '/etc/machine-id': 'a', '/var/lib/dbus/machine-id': 'b' };
  assert.equal((await host(both))['host.id'], 'a');
  assert.equal((await host({ '/var/lib/dbus/machine-id': 'b' }))['host.id'], 'b');
  assert.equal('host.id' in (await host({})), false);
});
