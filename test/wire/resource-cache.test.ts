import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ResourceCache } from '../../src/wire/resource-cache.ts';

test('a resource is encoded once, and once more when its asynchronous attributes have arrived', async (t) => {
  const complaints: string[] = [];
  const complain = (message: string): void => void complaints.push(message);
  const silent = (): void => {};
  diag.setLogger({ error: complain, warn: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.ERROR);
  t.after(() => diag.disable());
  const seen: object[] = [];
  const cache = new ResourceCache((attributes) => seen.push({ ...attributes }));
  const resource = resourceFromAttributes({ now: 1, later: Promise.resolve('x'), never: Promise.reject(new Error()) });

  cache.get(resource);
  cache.get(resource);
  assert.deepEqual(seen, [{ now: 1 }]);
  assert.deepEqual(complaints, []);

  await resource.waitForAsyncAttributes?.();
  cache.get(resource);
  cache.get(resource);
  assert.equal(seen.length, 2);
  assert.deepEqual(seen[1], { now: 1, later: 'x' });
});

test('a resource that learns something is encoded again, at once and only then', () => {
  let attributes = { address: '10.0.0.1' };
  const resource = {
    ...resourceFromAttributes({}),
    get attributes() {
      return attributes;
    },
    asyncAttributesPending: false,
  };
  const seen: object[] = [];
  const cache = new ResourceCache((known) => seen.push(known));

  cache.get(resource);
  cache.get(resource);
  attributes = { address: '10.0.0.1:80' };
  cache.get(resource);
  cache.get(resource);
  assert.deepEqual(seen, [{ address: '10.0.0.1' }, { address: '10.0.0.1:80' }]);
});
