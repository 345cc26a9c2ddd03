import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Difference, grpcDifferences } from '../../scripts/differences.ts';
import { testNode } from '../support/run.ts';
import { importForms, runGrpcTraffic } from './grpc-traffic.ts';
import { assertListed, type Traffic } from './traffic.ts';

test('over 160 cases of gRPC traffic leave the spans of the official instrumentation, but for the listed differences', async (t) => {
  const sides = ['SERVER_REQUEST', 'SERVER_RESPONSE', 'CLIENT_REQUEST', 'CLIENT_RESPONSE'];
  const captured = sides.map((side) => [`OTEL_INSTRUMENTATION_GRPC_CAPTURE_METADATA_${side}`, 'X-User,x-first,x-bin']);
  const env = Object.fromEntries(captured) as Record<string, string>;
  const official = await runGrpcTraffic(t, 'official', { env });
  const native = await runGrpcTraffic(t, 'native', { env });
  const bare = await runGrpcTraffic(t, undefined);
  assert.ok(official.traffic.size > 160, `${official.traffic.size} cases`);
  assertListed(official.traffic, native.traffic, grpcDifferences);
  const all = [...native.traffic.values()].flat().join('\n');
  for (const key of ['rpc.request.metadata.x_user', 'rpc.response.metadata.x_first']) {
    assert.ok(all.split(`${key} `).length > 4, `${key} on both sides, of single answers and of streams`);
  }
  assert.deepEqual(native.results, bare.results, 'the app gets what it gets untraced');
  assert.equal(native.stderr, '');
});

/** Some cases there are not everywhere: before 1.10 a stream whose handler throws ends the process. */
function listedFor(traffic: Traffic): Difference[] {
  return grpcDifferences.map(({ what, why, lines, cases }) => {
    return { what, why, lines, cases: cases.filter((name) => traffic.has(name)) };
  });
}

/** A few of each kind: what differs between the forms is whether the package is patched at all. */
const some = ': (?:ok|echo|error|with metadata and options|deadline|a client of .+|makeUnaryRequest)$';

for (const form of Object.keys(importForms) as (keyof typeof importForms)[]) {
  test(`@grpc/grpc-js by ${form}: the same spans`, async (t) => {
    const official = await runGrpcTraffic(t, 'official', { form, only: some });
    const native = await runGrpcTraffic(t, 'native', { form, only: some });
    assert.ok(official.traffic.size >= 12, `${official.traffic.size} cases`);
    assertListed(official.traffic, native.traffic, listedFor(official.traffic));
  });
}

// The lines of Node.js are another matter than the versions of the package.
const skip = testNode === process.execPath ? false : 'tried with one line of Node.js';

for (const version of ['1.8.22', '1.10.11']) {
  test(`@grpc/grpc-js ${version}: the same spans and differences`, { skip }, async (t) => {
    const official = await runGrpcTraffic(t, 'official', { version });
    const native = await runGrpcTraffic(t, 'native', { version });
    const bare = await runGrpcTraffic(t, undefined, { version });
    assert.ok(official.traffic.size > 160, `${official.traffic.size} cases`);
    assertListed(official.traffic, native.traffic, listedFor(official.traffic));
    assert.deepEqual(native.results, bare.results, 'the app gets what it gets untraced');
  });
}
