import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { maskUrl } from '../../src/config/mask.ts';
import {
  collectorUrls,
  endpoint,
  endpoints,
  hasScheme,
  parseUnixAddress,
  splitUrls,
} from '../../src/config/url-type.ts';

const given = ['http://h:1/p', 'HTTPS://u:p@h', 'h:4317', '[::1]:4317', 'ftp://h', 'jaeger', 'http://', 'http://a b'];

test('a URL needs http or https; an endpoint may be host:port', () => {
  const valuesOf = (type: typeof collectorUrls) => given.flatMap((text) => type.parse(text)?.value ?? []);
  assert.deepEqual(valuesOf(collectorUrls), given.slice(0, 2));
  assert.deepEqual(valuesOf(endpoints), given.slice(0, 4));
  assert.deepEqual(
    [...given, 'h:99999', '[:]:1', 'unix:/a', 'http://a,http://b'].flatMap((text) => endpoint.parse(text)?.value ?? []),
    [...given.slice(0, 4), 'http://a,http://b'],
  );
});

test('a list is text with commas or a YAML list; the good items count, the others are told, repeats are one', () => {
  assert.deepEqual(collectorUrls.parse(' http://a/x , http://b,,http://a/x'), { value: ['http://a/x', 'http://b'] });
  assert.deepEqual(collectorUrls.parse(['http://a/x', ' http://b ', '']), { value: ['http://a/x', 'http://b'] });
  assert.deepEqual(endpoints.parse('a:4317,ftp://b,c'), { value: ['a:4317'], rejected: 'ftp://b,c' });
  assert.equal(collectorUrls.parse('ftp://b,c'), undefined);
  assert.equal(collectorUrls.parse(','), undefined);
  assert.equal(collectorUrls.parse({ a: 'http://a' }), undefined);
  assert.equal(collectorUrls.format(['http://a', 'http://b']), 'http://a,http://b');
});

test("the SDK's own exporters get the first address that is none of a unix socket", () => {
  assert.equal(endpoints.formatForSdk?.(['unix:/a', 'http://a', 'b:1']), 'http://a');
  assert.equal(endpoints.formatForSdk?.(['unix:/a']), undefined);
});

test('a comma in a password is none between addresses', () => {
  assert.deepEqual(splitUrls('http://u:p,w@a/x,http://b,c:1'), ['http://u:p,w@a/x', 'http://b', 'c:1']);
  assert.deepEqual(splitUrls('http://u:1/S,S,S@h'), ['http://u:1/S,S,S@h']);
  assert.deepEqual(splitUrls('unix:/a@b,unix:/c'), ['unix:/a@b', 'unix:/c']);
});

test('a password never shows, whatever stands around it in a list', () => {
  const unit = fc.constantFrom(...'SECRT!$&()*+.;:-_~%@,/'.split(''));
  const password = fc.string({ minLength: 6, maxLength: 20, unit }).filter((text) => !text.includes('//'));
  const around = fc.array(fc.constantFrom('http://a:1/x', 'h:4317', 'ftp://x', 'nonsense', 'unix:/s'), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(around, password, around, (before, secret, after) => {
      const text = [...before, `http://u:${secret}@jaeger:14268/api`, ...after].join(',');
      const parsed = endpoints.parse(text);
      for (const shown of [text, endpoints.format(parsed?.value ?? []), parsed?.rejected ?? ''])
        assert.ok(!maskUrl(shown).includes(secret), maskUrl(shown));
      for (const item of splitUrls(text)) assert.ok(!maskUrl(item).includes(secret), maskUrl(item));
    }),
  );
});

test('a unix socket is named as gRPC does, or with a path behind it', () => {
  const address = (socketPath: string, path = '') => ({ socketPath, path });
  assert.deepEqual(parseUnixAddress('unix:/run/o.sock'), address('/run/o.sock'));
  assert.deepEqual(parseUnixAddress('unix:///run/o.sock'), address('/run/o.sock'));
  assert.deepEqual(parseUnixAddress('UNIX:run/o.sock'), address('run/o.sock'));
  assert.deepEqual(parseUnixAddress('http+unix://%2Frun%2Fo.sock/p/q?r=s'), address('/run/o.sock', '/p/q?r=s'));
  assert.deepEqual(parseUnixAddress('http+unix://%2Frun%2Fo.sock'), address('/run/o.sock'));
  for (const text of [
    'unix:',
    'unix://host/o.sock',
    'unix:////o.sock',
    'unix:/run/',
    'unix:/o.sock?a=b',
    'http+unix://o.sock/p',
    'http+unix://%2Fo.sock:1/p',
    'http+unix://%2Fo%zz/p',
    'https+unix://%2Fo.sock/p',
    'http://h',
    'h:1',
  ]) {
    assert.equal(parseUnixAddress(text), undefined, text);
  }
});

test('an endpoint says how it is reached, or only where it is', () => {
  assert.deepEqual(['http://h', 'unix:/a', 'unix:a', 'http+unix://%2Fa', 'h:4317', 'unix:4317'].map(hasScheme), [
    true,
    true,
    true,
    true,
    false,
    true,
  ]);
});
