import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanKind } from '@opentelemetry/api';
import { redis } from '../../../src/instrument/published/redis.ts';

const server = { serverAddress: 'cache', serverPort: 6380 };
const of = { 'db.system.name': 'redis', 'server.address': 'cache', 'server.port': 6380 };
const describe = (channel: string, message: object) => redis.channels[channel]?.(message as never);

test('a command is named as the app has written it', () => {
  assert.deepEqual(describe('node-redis:command', { ...server, command: 'GET', args: ['get', 'key'] }), {
    name: 'redis-get',
    kind: SpanKind.CLIENT,
    attributes: { ...of, 'db.operation.name': 'get', 'db.query.text': 'get key' },
  });
});

test('a command has the arguments that are no values, and the number of the others', () => {
  const text = (...args: string[]) => describe('node-redis:command', { ...server, args })?.attributes['db.query.text'];
  assert.equal(text('SET', 'key', '?', '?', '?'), 'SET key [3 other arguments]');
  assert.equal(text('HSET', 'hash', 'field', '?'), 'HSET hash field [1 other arguments]');
  assert.equal(text('NOSUCH', '?'), 'NOSUCH [1 other arguments]');
  assert.equal(text('PING'), 'PING');
});

test('what redis itself would show and OpenTelemetry would not is cut, and the message stays as it is', () => {
  const args = ['ACL', 'SETUSER', 'somebody', '>secret'];
  const attributes = describe('node-redis:command', { ...server, args })?.attributes;
  assert.equal(attributes?.['db.query.text'], 'ACL SETUSER [2 other arguments]');
  assert.equal(args.length, 4);
});

test('a command of a pipeline says so, and the pipeline has no span of its own', () => {
  const one = { ...server, args: ['SET', 'key', '?'], batchMode: 'PIPELINE', batchSize: 2 };
  assert.deepEqual(describe('node-redis:command', one)?.attributes, {
    ...of,
    'db.operation.name': 'PIPELINE SET',
    'db.query.text': 'SET key [1 other arguments]',
  });
  assert.equal(describe('node-redis:batch', { ...server, batchMode: 'PIPELINE', batchSize: 2 }), undefined);
});

test('a transaction is one span, with its number of commands from 2 on', () => {
  for (const [batchSize, said] of [
    [0, undefined],
    [1, undefined],
    [2, 2],
  ]) {
    assert.deepEqual(describe('node-redis:batch', { ...server, batchMode: 'MULTI', batchSize }), {
      name: 'redis-MULTI',
      kind: SpanKind.CLIENT,
      attributes: { ...of, 'db.operation.name': 'MULTI', 'db.operation.batch.size': said },
    });
  }
});

test('a connection is a span', () => {
  const expected = { name: 'redis-connect', kind: SpanKind.CLIENT, attributes: of };
  assert.deepEqual(describe('node-redis:connect', { ...server, clientId: '1' }), expected);
});

test('a server may be the path of a socket, without a port', () => {
  const attributes = describe('node-redis:connect', { serverAddress: '/run/redis' })?.attributes;
  assert.deepEqual(attributes, { ...of, 'server.address': '/run/redis', 'server.port': undefined });
});
