import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSource, describeSource, nameInSource } from '../../src/config/source.ts';

const environment = { kind: 'environment', variable: 'TRACING_URL' } as const;
const dotenv = { kind: 'dotenv', variable: 'TRACING_URL', file: '.env', line: 12 } as const;
const yaml = { kind: 'yaml', path: 'tracing_url', file: 'tracing.yaml', line: 3 } as const;

test('a source is a variable, a place in a file, or the default', () => {
  assert.deepEqual([environment, dotenv, yaml, defaultSource].map(describeSource), [
    'TRACING_URL',
    '.env:12',
    'tracing.yaml:3',
    'default',
  ]);
});

test('an option is called as its source calls it, with the place where there is one', () => {
  assert.deepEqual([environment, dotenv, yaml].map(nameInSource), [
    'TRACING_URL',
    'TRACING_URL (.env:12)',
    'tracing_url (tracing.yaml:3)',
  ]);
  assert.equal(nameInSource({ ...yaml, column: 5 }), 'tracing_url (tracing.yaml:3:5)');
});
