import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LiveResource } from '../../src/resource/live-resource.ts';

describe('LiveResource', () => {
  it('lets the later layer win, whichever is learned first', () => {
    const resource = new LiveResource(['weak', 'strong']);
    resource.learn('strong', 'a', 'strong');
    resource.learn('weak', 'a', 'weak');
    assert.deepEqual(resource.attributes, { a: 'strong' });
  });

  it('gives one frozen object until something is learned, and then another', () => {
    const resource = new LiveResource(['own']);
    resource.learn('own', 'address', '10.0.0.8');
    const before = resource.attributes;
    assert.equal(resource.attributes, before);
    assert.ok(Object.isFrozen(before));
    resource.learn('own', 'address', '10.0.0.8:8080');
    assert.notEqual(resource.attributes, before);
    assert.deepEqual(before, { address: '10.0.0.8' });
    assert.deepEqual(resource.getRawAttributes(), [['address', '10.0.0.8:8080']]);
  });

  it('leaves out what is no attribute', () => {
    const resource = new LiveResource(['own']);
    for (const value of [undefined, null, {}, [{}], Symbol('s')]) resource.learn('own', 'a', value);
    resource.learn('own', '', 'no name');
    resource.learn('own', 'list', ['a', 'b']);
    assert.deepEqual(resource.attributes, { list: ['a', 'b'] });
  });

  it('finds out what there is to know once, when somebody first looks, in whatever way', async () => {
    const looks: ((resource: LiveResource) => unknown)[] = [
      (resource) => resource.attributes,
      (resource) => resource.asyncAttributesPending,
      (resource) => resource.getRawAttributes(),
      (resource) => resource.waitForAsyncAttributes(),
      (resource) => resource.merge(resourceFromAttributes({})),
    ];
    for (const look of looks) {
      let times = 0;
      const resource = new LiveResource(['own'], () => {
        times++;
        resource.learn('own', 'a', 1);
        resource.settle();
      });
      resource.learn('own', 'b', 2);
      assert.equal(times, 0);
      look(resource);
      await resource.waitForAsyncAttributes();
      assert.deepEqual([resource.attributes, resource.asyncAttributesPending, times], [{ a: 1, b: 2 }, false, 1]);
    }
  });

  it('is pending until it is settled', async () => {
    const resource = new LiveResource(['own']);
    assert.equal(resource.asyncAttributesPending, true);
    setImmediate(() => resource.settle());
    await resource.waitForAsyncAttributes();
    assert.equal(resource.asyncAttributesPending, false);
  });

  it("merges with OpenTelemetry's own in both directions, the other winning", () => {
    const live = new LiveResource(['own']);
    live.learn('own', 'a', 1);
    live.learn('own', 'b', 1);
    const other = resourceFromAttributes({ b: 2 });
    assert.deepEqual({ ...live.merge(other).attributes }, { a: 1, b: 2 });
    assert.deepEqual({ ...other.merge(live).attributes }, { a: 1, b: 1 });
    assert.equal(live.merge(null), live);
  });

  it('names the schema that its attributes follow, where there is one', () => {
    assert.equal(new LiveResource(['own'], undefined, 'https://schema').schemaUrl, 'https://schema');
    assert.equal(new LiveResource(['own']).schemaUrl, undefined);
  });
});
