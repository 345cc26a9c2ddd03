import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseExporters } from '../../../src/config/choose-exporters.ts';
import { findRoutes } from '../../../src/cli/doctor/find-routes.ts';
import * as jaegerAgentEncoder from '../../../src/wire/jaeger-agent-encoder.ts';
import { loadEnv } from '../../config/support.ts';

function routesOf(env: Record<string, string>) {
  const { settings, sources } = loadEnv(env);
  return findRoutes(chooseExporters(settings, sources), settings, () => jaegerAgentEncoder);
}

test('a list is one route with a target for each address; the console and a file are none', () => {
  const [route, ...more] = routesOf({
    TRACING_URL: 'http://u:p@a/api/traces,unix:///run/b.sock',
    OTEL_TRACES_EXPORTER: 'jaeger,console,otlp_file',
    OTEL_EXPORTER_JAEGER_COMPRESSION: 'gzip',
    OTEL_EXPORTER_JAEGER_TIMEOUT: '700',
  });
  assert.deepEqual(more, []);
  assert.equal(route?.timeoutMs, 700);
  assert.deepEqual(
    route?.targets.map((target) => target.kind === 'http' && [target.url, target.socketPath, target.gzip]),
    [
      ['http://a/api/traces', undefined, true],
      ['http://localhost/api/traces', '/run/b.sock', true],
    ],
  );
});

test('two exporters are two routes, each with the encoder of its kind', () => {
  const routes = routesOf({ OTEL_TRACES_EXPORTER: 'otlp,jaeger', OTEL_EXPORTER_JAEGER_AGENT_HOST: 'agent' });
  assert.deepEqual(
    routes.map(({ choice, targets }) => [choice.kind, targets[0]?.kind]),
    [
      ['otlp', 'http'],
      ['jaeger-agent', 'udp'],
    ],
  );
});
