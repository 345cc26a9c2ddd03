import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { isToken, refusePageRequest, refuseSender, TOKEN_COOKIE } from '../../../src/viewer/http/guard.ts';

const request = (headers: Record<string, string>, method = 'GET'): IncomingMessage =>
  ({ method, headers: { host: '127.0.0.1:16686', ...headers } }) as unknown as IncomingMessage;
const page = (headers: Record<string, string>, method?: string): number | undefined =>
  refusePageRequest(request(headers, method), { isLocal: true, token: undefined })?.status;

test("only names of this machine's loopback are asked for", () => {
  for (const host of ['localhost:16686', '127.0.0.1', '127.1.2.3:1', '[::1]:16686', 'LOCALHOST']) {
    assert.equal(page({ host }), undefined, host);
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    '10.0.0.1',
    '',
    'user@localhost',
  ]) {
    assert.equal(page({ host }), 403, host);
    assert.equal(refuseSender(request({ host }), { isLocal: true })?.status, 403, host);
  }
  assert.equal(refuseSender(request({ host: 'viewer.docker.internal' }), { isLocal: false }), undefined);
});

test('the page itself may ask, other origins may not, and another port is another origin', () => {
  assert.equal(page({ origin: 'http://127.0.0.1:16686' }, 'POST'), undefined);
  for (const origin of [
    'http://evil.example',
    'http://127.0.0.1:3000',
    'http://localhost:16686',
    'null',
    'https://127.0.0.1:16686',
  ]) {
    assert.equal(page({ origin }), 403, origin);
  }
});

test("other sites' pages get nothing, but a link may be followed", () => {
  for (const site of ['cross-site', 'same-site']) {
    assert.equal(page({ 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }), 403);
    assert.equal(page({ 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' }), undefined);
    assert.equal(page({ 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' }, 'POST'), 403);
  }
  assert.equal(page({ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }), undefined);
  assert.equal(page({ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }), undefined);
});

test('web pages send no spans', () => {
  assert.equal(refuseSender(request({}), { isLocal: true }), undefined);
  assert.equal(refuseSender(request({ origin: 'http://127.0.0.1:16686' }), { isLocal: true })?.status, 403);
});

test('reached from elsewhere, a request shows the token', () => {
  const token = 'a'.repeat(32);
  const ask = (headers: Record<string, string>): number | undefined =>
    refusePageRequest(request({ host: 'box:16686', ...headers }), { isLocal: false, token })?.status;
  assert.equal(ask({}), 401);
  assert.equal(ask({ cookie: `${TOKEN_COOKIE}=${'b'.repeat(32)}` }), 401);
  assert.equal(ask({ cookie: `x${TOKEN_COOKIE}=${token}` }), 401);
  assert.equal(ask({ cookie: `other=1; ${TOKEN_COOKIE}=${token}` }), undefined);
  assert.equal(ask({ authorization: `Bearer ${token}` }), undefined);
  assert.equal(ask({ authorization: `Bearer ${token}`, origin: 'http://evil.example' }), 403);
  assert.ok(isToken(token, token) && !isToken(null, token) && !isToken(`${token}a`, token));
});
