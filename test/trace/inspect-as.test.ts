import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { INSPECT, inspectAs, type InspectMethod, knownResource } from '../../src/trace/inspect-as.ts';

class Thing {
  readonly secret = 'S';
  [INSPECT](...args: Parameters<InspectMethod>): string {
    return inspectAs('Thing', { seen: { deep: { deeper: 1 } } }, args);
  }
}

test('an object is printed by its name and what is public of it, as deep as its surroundings', () => {
  assert.equal(inspect(new Thing()), 'Thing { seen: { deep: [Object] } }');
  assert.equal(inspect(new Thing(), { depth: null }), 'Thing { seen: { deep: { deeper: 1 } } }');
  assert.equal(inspect([[new Thing()]], { depth: 1 }), '[ [ [Thing] ] ]');
  assert.equal(inspect([[new Thing()]], { depth: 1, colors: true }), '[ [ \u001b[36m[Thing]\u001b[39m ] ]');
});

test('what a resource does not know yet is left out', () => {
  const resource = resourceFromAttributes({ a: 1, later: Promise.resolve(2), none: undefined });
  assert.deepEqual(knownResource(resource), { attributes: { a: 1 } });
});
