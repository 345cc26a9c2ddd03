import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groups } from '../../src/config/option.ts';
import { optionRows } from '../../src/config/options.ts';

test('each variable and each YAML path belongs to one option', () => {
  for (const names of [optionRows.flatMap(([, row]) => row.env), optionRows.flatMap(([, row]) => row.yaml ?? [])]) {
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  }
});

test('no YAML path goes on where another option ends', () => {
  const paths = optionRows.flatMap(([, row]) => row.yaml ?? []);
  for (const path of paths) assert.ok(!paths.some((other) => other.startsWith(`${path}.`)), path);
});

test('each default is a value of its type', () => {
  for (const [name, row] of optionRows) {
    if (row.default === undefined || row.default === Infinity) continue;
    if (typeof row.default === 'object' && Object.keys(row.default ?? {}).length === 0 && !Array.isArray(row.default))
      continue;
    assert.deepEqual(row.type.parse(row.type.format(row.default))?.value, row.default, name);
  }
});

test('an option inherits only from one of the same type and default', () => {
  for (const [name, row] of optionRows) {
    if (row.inherits === undefined) continue;
    const general = optionRows.find(([other]) => other === row.inherits)?.[1];
    assert.equal(general?.type, row.type, name);
    assert.equal(general?.default, row.default, name);
    assert.equal(general?.inherits, undefined, name);
  }
});

test('a name tells the unit: what is in milliseconds ends with Ms, what is in bytes with Bytes', () => {
  for (const [name, { type, yaml }] of optionRows) {
    assert.equal(/milliseconds/.test(type.allowed), name.endsWith('Ms'), name);
    assert.equal(/bytes/.test(type.allowed), name.endsWith('Bytes'), name);
    if (yaml !== undefined) {
      assert.equal(yaml.endsWith('_ms'), name.endsWith('Ms'), yaml);
      assert.match(yaml, /^[a-z_]+(\.[a-z_]+)*$/);
    }
  }
});

test('each option can be set, says in one sentence what it is, and is in a group that is shown', () => {
  for (const [name, row] of optionRows) {
    assert.ok(row.env.length > 0 || row.yaml !== undefined || row.declarative !== undefined, name);
    assert.match(row.doc, /^[A-Z].*\.$/s, name);
    assert.ok(!row.doc.includes('\n'), name);
    assert.ok(row.group in groups, name);
  }
});

test('what holds secrets is marked', () => {
  const secret = optionRows.filter(([, row]) => row.secret).map(([name]) => name);
  assert.deepEqual(secret, [
    'jaegerPassword',
    'jaegerHeaders',
    'otlpHeaders',
    'otlpTracesHeaders',
    'otlpMetricsHeaders',
    'otlpLogsHeaders',
  ]);
});

test('what the platform sets is in no YAML file', () => {
  const platform = optionRows.filter(([, row]) => row.group === 'platform');
  assert.deepEqual(
    platform.map(([, { env, yaml }]) => [env[0], yaml]),
    [
      ['http_proxy', undefined],
      ['https_proxy', undefined],
      ['no_proxy', undefined],
      ['POD_IP', undefined],
      ['TRACEPARENT', undefined],
      ['TRACESTATE', undefined],
      ['BAGGAGE', undefined],
      ['_HANDLER', undefined],
    ],
  );
});
