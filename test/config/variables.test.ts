import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as dotenv from '../../src/config/dotenv.ts';
import type { Candidates } from '../../src/config/resolve.ts';
import * as suggest from '../../src/config/suggest.ts';
import { knownVariables, readDotenv, readEnvironment, suggestVariables } from '../../src/config/variables.ts';

const known = knownVariables();

test('options are taken, empty and foreign variables left alone, and names that look like ours returned', () => {
  const candidates: Candidates = new Map();
  const env = { TRACING_URL: 'x', OTEL_SERVICE_NAME: ' ', PATH: '/bin', TRACING_ULR: 'y', OTEL_X: '', SECRET: 's' };
  const unknown = readEnvironment(env, known, candidates);
  assert.deepEqual(
    [...candidates],
    [['tracingUrl', [{ raw: 'x', source: { kind: 'environment', variable: 'TRACING_URL' } }]]],
  );
  assert.deepEqual(unknown, [{ kind: 'environment', variable: 'TRACING_ULR' }]);
});

test('of two names for one option the usual one goes first, whatever their order', () => {
  const first = { OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '1', OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: '2' };
  const last = { OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: '2', OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '1' };
  for (const env of [first, last]) {
    const candidates: Candidates = new Map();
    readEnvironment(env, known, candidates);
    assert.deepEqual(
      candidates.get('eventAttributeCountLimit')?.map(({ raw }) => raw),
      ['1', '2'],
    );
  }
});

test('.env comes behind the environment and cannot say what the platform says', () => {
  const candidates: Candidates = new Map();
  readEnvironment({ TRACING_URL: 'env' }, known, candidates);
  const unknown = readDotenv(
    'TRACING_URL=file\nPOD_IP=1.2.3.4\nDB_PASSWORD=s\nOTEL_FOO=1\n',
    known,
    candidates,
    dotenv,
  );
  assert.deepEqual(
    candidates.get('tracingUrl')?.map(({ raw }) => raw),
    ['env', 'file'],
  );
  assert.deepEqual([...candidates.keys()], ['tracingUrl']);
  assert.deepEqual(unknown, [{ kind: 'dotenv', variable: 'OTEL_FOO', file: '.env', line: 4 }]);
});

test('a slip is told once, and a name that is like nothing of ours not at all', () => {
  const problems = suggestVariables(
    [
      { kind: 'environment', variable: 'TRACING_ULR' },
      { kind: 'dotenv', variable: 'TRACING_ULR', file: '.env', line: 3 },
      { kind: 'dotenv', variable: 'OTEL_SERVICENAME', file: '.env', line: 4 },
      { kind: 'environment', variable: 'OTEL_PYTHON_LOG_LEVEL' },
    ],
    known,
    suggest,
  );
  assert.deepEqual(problems, [
    { severity: 'hint', text: 'TRACING_ULR is not an option; did you mean TRACING_URL?' },
    { severity: 'hint', text: 'OTEL_SERVICENAME (.env:4) is not an option; did you mean OTEL_SERVICE_NAME?' },
  ]);
});
