import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJsonSchema } from '../../src/config/json-schema.ts';
import { optionRows } from '../../src/config/options.ts';

type Node = { readonly properties?: Record<string, Node>; readonly [key: string]: unknown };

const at = (path: string): Node | undefined =>
  path.split('.').reduce<Node | undefined>((node, key) => node?.properties?.[key], toJsonSchema() as Node);

test('every path of the table is in it, with its sentence', () => {
  for (const [name, { yaml, doc }] of optionRows) {
    if (yaml !== undefined) assert.ok(String(at(yaml)?.['description']).startsWith(doc), name);
  }
});

test('types, names, bounds and defaults are those of the table', () => {
  const { description: _, ...delay } = at('batch.schedule_delay_ms') ?? {};
  assert.deepEqual(delay, { type: 'integer', minimum: 0, default: 5000 });
  assert.deepEqual(at('tracing_log_level')?.['enum'], ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all']);
  assert.deepEqual(at('sampler.arg')?.['maximum'], 1);
  assert.equal(JSON.stringify(at('propagators')).includes('tracecontext'), true);
  assert.equal('default' in (at('span_limits.attribute_value_length') ?? {}), false);
});

test('it is JSON, and other keys of an app’s own file are no mistake', () => {
  const schema = toJsonSchema();
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema);
  assert.equal('additionalProperties' in schema, false);
});
