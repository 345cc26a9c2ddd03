import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemas, type Schema } from '../../../src/config/declarative/schema.ts';
import { checkout } from '../../support/run.ts';

const keywords = new Set(
  `type enum minimum maximum exclusiveMinimum properties additionalProperties required minProperties maxProperties items
   minItems oneOf $ref $defs $schema title description`.split(/\s+/),
);

/** Every schema within a schema, itself first. */
function all(schema: Schema): readonly Schema[] {
  const { properties, additionalProperties, items, oneOf = [], $defs } = schema;
  const below = [
    ...Object.values({ ...properties }),
    ...Object.values({ ...$defs }),
    ...oneOf,
    items,
    additionalProperties,
  ];
  return [schema, ...below.flatMap((one) => (typeof one === 'object' ? all(one) : []))];
}

test('they are the published ones, but for the descriptions', () => {
  for (const [minor, schema] of schemas.entries()) {
    const name = `test/fixtures/opentelemetry-configuration/1.${minor}/opentelemetry_configuration.json`;
    const published: unknown = JSON.parse(readFileSync(join(checkout, name), 'utf8'), (key, value: unknown) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    );
    assert.deepEqual(schema, published);
  }
});

test('there is one for each minor version, and each says what that version called things', () => {
  const prometheus = schemas.map(({ $defs }) =>
    Object.keys($defs?.['ExperimentalPrometheusMetricExporter']?.properties ?? {}),
  );
  assert.equal(schemas.length, 2);
  assert.ok(prometheus[0]?.includes('without_scope_info') && !prometheus[0].includes('scope_info_enabled'));
  assert.ok(prometheus[1]?.includes('scope_info_enabled') && !prometheus[1].includes('without_scope_info'));
});

test('they have no keyword that is not checked, and no reference that leads nowhere', () => {
  for (const schema of schemas) {
    const found = all(schema);
    assert.ok(found.length > 400, `${found.length} schemas`);
    for (const one of found) {
      assert.deepEqual(
        Object.keys(one).filter((keyword) => !keywords.has(keyword)),
        [],
      );
      const name = one.$ref?.replace('#/$defs/', '');
      assert.ok(name === undefined || schema.$defs?.[name] !== undefined, name);
    }
  }
});
