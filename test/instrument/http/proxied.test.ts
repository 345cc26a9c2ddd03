import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProxied, originalAuthority, originalClient } from '../../../src/instrument/http/proxied.ts';

test('3 headers tell of a proxy; X-Forwarded-Proto alone does not', () => {
  assert.equal(isProxied({ host: 'a', 'x-forwarded-proto': 'https' }), false);
  for (const name of ['forwarded', 'x-forwarded-host', 'x-forwarded-for'])
    assert.equal(isProxied({ [name]: '' }), true);
});

for (const [headers, address, port] of [
  [{ forwarded: 'for=1.2.3.4;host=a.example;proto=https' }, 'a.example', 443],
  [{ forwarded: 'for=1.2.3.4, host="b.example:81"' }, 'b.example', 81],
  [{ forwarded: 'host=a', 'x-forwarded-host': 'b' }, 'a', undefined],
  [{ forwarded: 'nonsense;;', 'x-forwarded-host': 'b' }, 'b', undefined],
  [{ 'x-forwarded-host': 'b', 'x-forwarded-proto': 'http' }, 'b', 80],
  [{ 'x-forwarded-host': ['b', 'c'], 'x-forwarded-proto': ['https', 'http'] }, 'b', 443],
  [{ 'x-forwarded-for': '1.2.3.4' }, undefined, undefined],
] as const) {
  test(`${JSON.stringify(headers)} names ${address ?? 'no host'}`, () => {
    const authority = originalAuthority(headers as never);
    assert.deepEqual([authority?.address, authority?.port], [address, port]);
  });
}

for (const [headers, address] of [
  [{ forwarded: 'for="192.0.2.1:4711"' }, '192.0.2.1'],
  [{ forwarded: 'for="[2001:db8::1]:4711"' }, '2001:db8::1'],
  [{ forwarded: 'for=_hidden' }, '_hidden'],
  [{ forwarded: 'proto=http', 'x-forwarded-for': '1.2.3.4' }, '1.2.3.4'],
  [{ 'x-forwarded-for': ' 1.2.3.4:80 , 5.6.7.8' }, '1.2.3.4'],
  [{ 'x-forwarded-for': '2001:db8::1' }, '2001:db8::1'],
  [{ 'x-forwarded-for': ['9.9.9.9', '8.8.8.8'] }, '9.9.9.9'],
  [{ 'x-forwarded-for': '' }, undefined],
  [{}, undefined],
] as const) {
  test(`${JSON.stringify(headers)} names ${address ?? 'no client'}`, () => {
    assert.equal(originalClient(headers as never), address);
  });
}
