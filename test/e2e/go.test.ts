import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { app } from '../support/app.ts';
import { callFromGo, goServiceOrSkip, startGoService, userProto } from '../support/go-service.ts';
import { jaegerOrSkip } from '../support/jaeger/find-jaeger.ts';
import type { QueriedSpan } from '../support/jaeger/query.ts';
import { startJaeger } from '../support/jaeger/start-jaeger.ts';
import { importFlag, run, start } from '../support/run.ts';

const files = {
  'user.proto': readFileSync(userProto, 'utf8'),
  'user.mjs': `
    import grpc from '@grpc/grpc-js'; import { loadSync } from '@grpc/proto-loader';
    export { grpc };
    export const { UserSrvServer } = grpc.loadPackageDefinition(loadSync('user.proto')).user;`,
  // What the Go service does, in the words of Node.js.
  'service.mjs': `
    import { tracer } from 'otel-preload'; import { grpc, UserSrvServer } from './user.mjs';
    const { withSpan } = tracer('UserSrvServer');
    const attributes = { testset: 'value', 'user.id': 7, ratio: 0.5, vip: true, roles: ['a', 'b'] };
    const server = new grpc.Server();
    server.addService(UserSrvServer.service, {
      GetUserInfo({ request }, answer) {
        withSpan('GetUserInfo', { attributes }, (span) => {
          span.addEvent('cache miss', { attempt: 1 });
          answer(null, { value: 'node:' + request.value });
        });
      },
    });
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => console.log('on ' + port));`,
  'client.mjs': `
    import { grpc, UserSrvServer } from './user.mjs';
    const client = new UserSrvServer(process.argv[2], grpc.credentials.createInsecure());
    client.GetUserInfo({ value: 'ada' }, (error, answer) => { console.log(error ?? answer.value); client.close(); });`,
};

/** Client, server and the service's own span, in this order. */
function chain(spans: readonly QueriedSpan[]): string[] {
  const line: string[] = [];
  for (let at = spans.find(({ parentSpanId }) => parentSpanId === undefined); at !== undefined;) {
    const { spanId, service, kind } = at;
    line.push(`${service} ${kind}`);
    at = spans.find(({ parentSpanId }) => parentSpanId === spanId);
  }
  return line;
}

test('Node.js and Go call each other in one trace, and their tags are of one kind', async (t) => {
  if (!(await jaegerOrSkip(t)) || (await goServiceOrSkip(t)) === undefined) return;
  const jaeger = await startJaeger(t);
  const cwd = app(t, files);
  const env = { TRACING_URL: jaeger.thriftUrl, TRACING_NAMESPACE: 'oracle', TRACING_ADDRESS: '127.0.0.1:1' };

  const go = await startGoService(t, { jaegerUrl: jaeger.thriftUrl, service: 'go-service' });
  const client = await run({
    args: [...importFlag(), 'client.mjs', go.address],
    cwd,
    env: { ...env, OTEL_SERVICE_NAME: 'node-client' },
  });
  assert.deepEqual([client.stdout, client.stderr, client.code], ['go-service:ada\n', '', 0]);
  await go.stop();

  const node = start(t, {
    args: [...importFlag(), 'service.mjs'],
    cwd,
    env: { ...env, OTEL_SERVICE_NAME: 'node-service' },
  });
  const [, port = ''] = await node.ready(/on (\d+)/);
  const goClient = { jaegerUrl: jaeger.thriftUrl, service: 'go-client', name: 'ada' };
  const called = await callFromGo(`127.0.0.1:${port}`, goClient);
  assert.deepEqual([called.stdout, called.stderr, called.code], ['node:ada\n', '', 0]);
  node.signal('SIGTERM');
  assert.equal((await node.ended).stderr, '');

  const [ofGo, ofNode] = await Promise.all(
    ['go-service', 'node-service'].map((name) => jaeger.waitForTrace(name, ({ spans }) => spans.length === 3)),
  );
  assert.deepEqual(chain(ofGo?.spans ?? []), ['node-client client', 'go-service server', 'go-service internal']);
  assert.deepEqual(chain(ofNode?.spans ?? []), ['go-client client', 'node-service server', 'node-service internal']);

  const own = (spans: readonly QueriedSpan[] = []) => spans.find(({ name }) => name === 'GetUserInfo');
  const [goSpan, nodeSpan] = [own(ofGo?.spans), own(ofNode?.spans)];
  assert.deepEqual(nodeSpan?.types, goSpan?.types);
  assert.deepEqual(nodeSpan?.tags, goSpan?.tags);
  assert.deepEqual(nodeSpan?.logs[0]?.fields, goSpan?.logs[0]?.fields);
  // Go's resource is these two alone; ours says more, but these in the same way.
  for (const [key, type] of Object.entries(goSpan?.process.types ?? {})) {
    assert.equal(nodeSpan?.process.types[key], type, key);
  }
  assert.deepEqual([nodeSpan?.process.tags['namespace'], nodeSpan?.process.tags['address']], ['oracle', '127.0.0.1:1']);
});
