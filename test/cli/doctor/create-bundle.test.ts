import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBundle } from '../../../src/cli/doctor/create-bundle.ts';
import { ok } from '../../../src/cli/doctor/finding.ts';
import { findSubject } from '../../../src/cli/doctor/subject.ts';
import { loadEnv } from '../../config/support.ts';

test('only what is set is in it, masked, with its source, and no variable that is not ours', () => {
  const env = {
    OTEL_EXPORTER_OTLP_HEADERS: 'key=S3cret',
    TRACING_URL: 'http://u:S3cret@j/api/traces',
    DATABASE_URL: 'S3cret',
  };
  const findings = [ok('node.version', 'Node.js 24')];
  const installation = { version: '1.2.3', register: '/r', pageDirectory: '/p', demoDirectory: '/d' };
  const bundle = createBundle(
    { findings, subject: findSubject(undefined, env, '/srv'), loaded: loadEnv(env) },
    installation,
  );
  const { version, options, cwd, findings: bundled } = bundle as Record<string, Record<string, unknown>>;
  assert.deepEqual([version, cwd, bundled], ['1.2.3', '/srv', findings]);
  assert.deepEqual(options?.['tracingUrl'], {
    value: 'http://***@j/api/traces',
    source: 'TRACING_URL',
    overridden: [],
  });
  assert.doesNotMatch(JSON.stringify(bundle), /S3cret|DATABASE/);
});
