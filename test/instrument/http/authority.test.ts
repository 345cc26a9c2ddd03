import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authorities, parseAuthority } from '../../../src/instrument/http/authority.ts';

for (const [text, scheme, address, port, isValid] of [
  ['example.com', 'http', 'example.com', 80, true],
  ['example.com', 'https', 'example.com', 443, true],
  ['example.com', undefined, 'example.com', undefined, true],
  ['example.com', 'constructor', 'example.com', undefined, true],
  ['example.com:8080', 'http', 'example.com', 8080, true],
  ['127.0.0.1:3000', 'http', '127.0.0.1', 3000, true],
  ['[::1]', 'http', '[::1]', 80, true],
  ['[::1]', undefined, '[::1]', undefined, true],
  ['[::1]:8080', 'https', '[::1]', 8080, true],
  ['a:b:c', 'http', 'a:b:c', undefined, false],
  ['999.1.1.1', 'http', '999.1.1.1', 80, false],
  ['a b', 'http', 'a b', 80, false],
  ['example.com:99999', 'http', 'example.com', 99_999, false],
  ['xn--mnchen-3ya.de', 'http', 'xn--mnchen-3ya.de', 80, true],
] as const) {
  test(`${text} ${scheme ? `by ${scheme}` : 'by an unknown scheme'} is ${address} and port ${port}`, () => {
    assert.deepEqual(parseAuthority(text, scheme), { address, port, isValid });
  });
}

test('what is taken for valid is what URL takes', () => {
  for (const last of ['com', 'c0m', '0x1', '1', '09', 'a_b', '-a', 'a-', 'localhost', '256.1', 'x'.repeat(70)]) {
    for (const start of ['', 'a.', '1.', '1.2.3.', 'xn--a.', '.', '-.', '_.']) {
      for (const end of ['', ':1', ':59999', ':65535', ':65536', ':', ':x', '.']) {
        const text = start + last + end;
        assert.equal(parseAuthority(text, 'http').isValid, URL.canParse(`http://${text}`), text);
      }
    }
  }
});

test('a text is parsed once; after 64 others, again', () => {
  const authorities = new Authorities('http');
  const first = authorities.parse('example.com');
  assert.equal(authorities.parse('example.com'), first);
  for (let n = 0; n < 64; n++) authorities.parse(`host-${n}`);
  assert.notEqual(authorities.parse('example.com'), first);
  assert.deepEqual(authorities.parse('example.com'), first);
});
