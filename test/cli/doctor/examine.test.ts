import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examine } from '../../../src/cli/doctor/examine.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { tempDir } from '../../support/app.ts';
import { startCollector } from '../../support/collector.ts';
import { checkout, preload } from '../../support/run.ts';

test('each finding is told as soon as it is there, and all of them at the end, in one order', async (t) => {
  const collector = await startCollector(t);
  const told: Finding[] = [];
  const { findings, loaded } = await examine({
    env: {
      TRACING_URL: collector.jaegerUrl,
      OTEL_SERVICE_NAME: 'shop',
      TRACING_ADDRESS: '10.1.2.3',
      TRACING_SPOOL_DIR: 'spool',
    },
    cwd: tempDir(t),
    command: [],
    query: 'none',
    register: preload,
    probe: `${checkout}dist/doctor-probe.js`,
    load: assert.fail,
    onFinding: (finding) => told.push(finding),
  });
  assert.deepEqual(told, findings);
  assert.deepEqual(
    findings.map(({ check }) => check),
    [
      'node.version',
      'flag.reachable',
      'api.copies',
      'config.valid',
      'tracing.enabled',
      'tracing.sampled',
      'service.name',
      'service.address',
      'collector.reachable',
      'span.accepted',
      'clock.skew',
      'spool.writable',
      'spool.state',
      'cache.writable',
    ],
  );
  assert.equal(loaded.settings.serviceName, 'shop');
  assert.equal(collector.spans[0]?.service, 'shop');
});
