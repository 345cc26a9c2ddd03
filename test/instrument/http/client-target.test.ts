import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urlToHttpOptions } from 'node:url';
import { clientTarget, serverOf, urlOf } from '../../../src/instrument/http/client-target.ts';

for (const [args, scheme, address, port, full] of [
  [['http://a.example/b?c=1'], 'http', 'a.example', 80, 'http://a.example/b?c=1'],
  [['https://a.example'], 'https', 'a.example', 443, 'https://a.example/'],
  [['http://u:p@a.example:81/'], 'http', 'a.example', 81, 'http://REDACTED:REDACTED@a.example:81/'],
  [['http://a.example/b', { path: '/c', port: 82 }], 'http', 'a.example', 82, 'http://a.example:82/c'],
  [[new URL('http://a.example:81/b')], 'http', 'a.example', 81, 'http://a.example:81/b'],
  [[new URL('http://[::1]:81/b')], 'http', '::1', 81, 'http://[::1]:81/b'],
  [
    [urlToHttpOptions(new URL('http://u:p@a.example:81/b?c=1'))],
    'http',
    'a.example',
    81,
    'http://REDACTED:REDACTED@a.example:81/b?c=1',
  ],
  [[{}], 'http', 'localhost', 80, 'http://localhost/'],
  [[{}], 'https', 'localhost', 443, 'https://localhost/'],
  [[{ host: 'a:81' }], 'http', 'a', 81, 'http://a:81/'],
  [[{ host: 'a', port: 443 }], 'https', 'a', 443, 'https://a/'],
  [[{ host: 'a', port: '0443' }], 'https', 'a', 443, 'https://a:0443/'],
  [[{ host: 'a', hostname: 'b', port: 1 }], 'http', 'b', 1, 'http://a:1/'],
  [[{ protocol: 'https:', hostname: 'b' }], 'http', 'b', 443, 'https://b/'],
  [[{ headers: { host: 'virtual' } }], 'http', 'localhost', 80, 'http://virtual/'],
  [[{ path: '/a?sig=1&b' }], 'http', 'localhost', 80, 'http://localhost/a?sig=REDACTED&b='],
  [[{ path: 'a?%' }], 'http', 'localhost', 80, 'http://localhost/a?%25='],
] as const) {
  test(`${JSON.stringify(args)} by ${scheme} goes to ${full}`, () => {
    const target = clientTarget(args);
    assert.ok(target);
    assert.deepEqual(serverOf(scheme, target), { address, port });
    assert.equal(urlOf(scheme, target), full);
  });
}

test('what Node.js refuses goes nowhere', () => {
  for (const input of ['', 'nonsense', undefined, null, 1, ['http://a']])
    assert.equal(clientTarget([input]), undefined);
});
