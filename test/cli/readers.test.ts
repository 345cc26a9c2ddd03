import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readers } from '../../src/cli/readers.ts';
import { loadSettings } from '../../src/config/load.ts';
import { app } from '../support/app.ts';

test('a command reads YAML and .env, and knows what a slip was meant to be', (t) => {
  const cwd = app(t, {
    '.env': 'TRACING_NAMESPACE=dev\n',
    'tracing.yaml': 'tracing_url: http://jaeger:14268/api/traces\n',
  });
  const { settings, problems } = loadSettings({ env: { TRACING_ULR: 'x' }, cwd, readers });
  assert.deepEqual([settings.namespace, settings.tracingUrl], ['dev', ['http://jaeger:14268/api/traces']]);
  assert.deepEqual(
    problems.map(({ text }) => text),
    ['TRACING_ULR is not an option; did you mean TRACING_URL?'],
  );
});
