import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseExporters } from '../../../src/config/choose-exporters.ts';
import { createConcealer } from '../../../src/cli/doctor/conceal.ts';
import { findRoutes } from '../../../src/cli/doctor/find-routes.ts';
import { loadEnv } from '../../config/support.ts';

function concealer(env: Record<string, string>): (text: string) => string {
  const { settings, sources } = loadEnv(env);
  return createConcealer(settings, findRoutes(chooseExporters(settings, sources), settings, assert.fail));
}

test('passwords of addresses, of proxies and of their own options, as they are and as they are sent', () => {
  const conceal = concealer({
    TRACING_URL: 'http://ada:Hunt%20er2@jaeger.test/api/traces',
    HTTP_PROXY: 'http://p:Pr0xyPass@proxy:3128',
    OTEL_EXPORTER_JAEGER_HEADERS: 'x-token=S3cretToken',
  });
  assert.equal(conceal('Hunt er2, Hunt%20er2, Pr0xyPass and S3cretToken'), '***, ***, *** and ***');
  const sent = `Basic ${Buffer.from('ada:Hunt er2').toString('base64')}`;
  assert.equal(conceal(`you sent ${sent}, ${sent.slice(6)}`), 'you sent ***, ***');
});

test('the key of a bearer token is hidden without its scheme too', () => {
  const conceal = concealer({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20T0kenOfMine' });
  assert.equal(conceal('unknown token T0kenOfMine'), 'unknown token ***');
});

test('credentials in any address, and nothing else', () => {
  const conceal = concealer({ OTEL_EXPORTER_JAEGER_PASSWORD: 'abc' });
  assert.equal(conceal('http://u:p@host/x?key=v is abc'), 'http://***@host/x?key=*** is abc');
});
