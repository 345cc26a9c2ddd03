import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainOutcome } from '../../../src/cli/doctor/explain-outcome.ts';
import type { Target } from '../../../src/cli/doctor/find-routes.ts';

const http: Target = { kind: 'http', url: 'http://c/', headers: {}, gzip: false };
const grpc: Target = { ...http, kind: 'grpc' };

test('the same answer has another fix for another protocol', () => {
  const why = 'answered 404 to 1 spans (500 bytes)';
  assert.match(explainOutcome(why, http, 'jaeger') ?? '', /Jaeger's is .*:14268\/api\/traces$/);
  assert.match(explainOutcome(why, http, 'otlp') ?? '', /OTLP's is .*:4318\/v1\/traces$/);
  assert.match(
    explainOutcome('answered gRPC status 12 unknown service', grpc, 'otlp') ?? '',
    /gRPC port of a collector \(4317\)\?$/,
  );
});

test('who hangs up speaks the other version of HTTP', () => {
  assert.match(explainOutcome('the answer is not HTTP/1', http, 'otlp') ?? '', /use the HTTP port \(4318\)/);
  assert.match(explainOutcome('ECONNRESET', grpc, 'otlp') ?? '', /is this the gRPC port \(4317\)\?/);
});

test('gRPC has words of its own for what HTTP says by its status', () => {
  const pairs = [
    ['answered 401 to 1 spans', 'answered gRPC status 16 who?'],
    ['answered 403 to 1 spans', 'answered gRPC status 7 no'],
    ['answered 429 to 1 spans', 'answered gRPC status 8 full'],
    ['answered 503 to 1 spans', 'answered gRPC status 14 away'],
  ] as const;
  for (const [byHttp, byGrpc] of pairs) {
    const fix = explainOutcome(byHttp, http, 'otlp');
    assert.ok(fix !== undefined);
    assert.equal(explainOutcome(byGrpc, grpc, 'otlp'), fix);
  }
});

test('what nobody has heard of has no fix', () => {
  assert.equal(explainOutcome('answered 418 to 1 spans', http, 'otlp'), undefined);
  assert.equal(explainOutcome('EWHATEVER', http, 'otlp'), undefined);
});
