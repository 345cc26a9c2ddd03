import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { toAttributes } from '../../../src/core/attribute-list.ts';
import { headerCapture } from '../../../src/instrument/http/header-capture.ts';
import { methodNames } from '../../../src/instrument/http/method.ts';
import { serverAttributes, serverMetricAttributes } from '../../../src/instrument/http/server-attributes.ts';

function request(fields: Partial<IncomingMessage>, socket: object = {}): IncomingMessage {
  const peer = Object.defineProperties(new Socket(), {
    remoteAddress: { value: '192.0.2.7' },
    remotePort: { value: 4711 },
    ...Object.fromEntries(Object.entries(socket).map(([key, value]) => [key, { value: value as unknown }])),
  });
  return Object.assign(new IncomingMessage(peer), { method: 'GET', url: '/', httpVersion: '1.1' }, fields);
}

function attributesOf(fields: Partial<IncomingMessage>, socket?: object): Record<string, unknown> {
  const capture = headerCapture('request', ['x-one']);
  return toAttributes(serverAttributes(request(fields, socket), fields.headers?.host, methodNames(), capture));
}

test('a request has 10 attributes by the conventions', () => {
  const headers = { host: 'example.com:8080', 'user-agent': 'curl', 'x-one': 'a' };
  assert.deepEqual(attributesOf({ url: '/a?b=1', headers }), {
    'client.address': '192.0.2.7',
    'http.request.method': 'GET',
    'http.request.header.x-one': ['a'],
    'network.peer.address': '192.0.2.7',
    'network.peer.port': 4711,
    'network.protocol.version': '1.1',
    'server.address': 'example.com',
    'server.port': 8080,
    'url.path': '/a',
    'url.query': 'b=1',
    'url.scheme': 'http',
    'user_agent.original': 'curl',
  });
});

test('by TLS the scheme is https, and so is the usual port', () => {
  const attributes = attributesOf({ headers: { host: 'example.com' } }, { encrypted: true });
  assert.deepEqual([attributes['url.scheme'], attributes['server.port']], ['https', 443]);
});

test('behind a proxy, client and server are those of the other side', () => {
  const attributes = attributesOf({ headers: { host: 'inside', forwarded: 'for=1.2.3.4;host=outside;proto=https' } });
  assert.deepEqual(
    [attributes['client.address'], attributes['server.address'], attributes['server.port']],
    ['1.2.3.4', 'outside', 443],
  );
  assert.equal(attributesOf({ headers: { host: 'inside', 'x-forwarded-for': '1.2.3.4' } })['server.address'], 'inside');
});

test('a host that no URL may have leaves no path', () => {
  const attributes = attributesOf({ url: '/a?b', headers: { host: 'a b' } });
  assert.deepEqual(
    [attributes['url.path'], attributes['url.query'], attributes['server.address']],
    [undefined, undefined, 'a b'],
  );
});

test('a method that is not known is there as it was', () => {
  const attributes = attributesOf({ method: 'PROPFIND' });
  assert.deepEqual(
    [attributes['http.request.method'], attributes['http.request.method_original']],
    ['_OTHER', 'PROPFIND'],
  );
});

test('a connection that is gone has no peer', () => {
  const gone = { remoteAddress: undefined, remotePort: undefined };
  assert.deepEqual(attributesOf({}, gone), {
    'http.request.method': 'GET',
    'network.protocol.version': '1.1',
    'url.path': '/',
    'url.scheme': 'http',
  });
});

test('3 attributes are counted by', () => {
  assert.deepEqual(serverMetricAttributes(request({ method: 'PURGE' }, { encrypted: true }), methodNames()), {
    'http.request.method': '_OTHER',
    'network.protocol.version': '1.1',
    'url.scheme': 'https',
  });
});
