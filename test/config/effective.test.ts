import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveValues } from '../../src/config/effective.ts';
import { loadSettings } from '../../src/config/load.ts';
import { optionRows, type SettingName } from '../../src/config/options.ts';
import { app } from '../support/app.ts';
import { readers } from './support.ts';

test('every option has its value, where it is from, and what it overrides; secrets are masked', (t) => {
  const cwd = app(t, {
    '.env': 'OTEL_SERVICE_NAME=from-env-file\nTRACING_NAMESPACE=staging\n',
    'tracing.yaml':
      'namespace: dev\nexporter:\n  jaeger:\n    password: secret\ntracing_url: http://u:p@jaeger:14268/api/traces\n',
  });
  const loaded = loadSettings({ env: { OTEL_SERVICE_NAME: 'from-env' }, cwd, readers });
  const all = effectiveValues(loaded);
  assert.deepEqual(
    all.map(({ name }) => name),
    optionRows.map(([name]) => name),
  );
  const of = (name: SettingName) => all.find((value) => value.name === name);
  assert.deepEqual(of('serviceName'), {
    name: 'serviceName',
    value: 'from-env',
    source: 'OTEL_SERVICE_NAME',
    overridden: ['.env:1'],
    isSet: true,
  });
  assert.deepEqual(
    [of('namespace')?.value, of('namespace')?.source, of('namespace')?.overridden],
    ['staging', '.env:2', ['tracing.yaml:1']],
  );
  assert.deepEqual([of('jaegerPassword')?.value, of('jaegerPassword')?.source], ['***', 'tracing.yaml:4']);
  assert.equal(of('tracingUrl')?.value, 'http://***@jaeger:14268/api/traces');
  assert.deepEqual(
    [of('scheduleDelayMs')?.value, of('scheduleDelayMs')?.source, of('scheduleDelayMs')?.isSet],
    ['5000', 'default', false],
  );
});
