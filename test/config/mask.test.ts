import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { maskUrl, showValue } from '../../src/config/mask.ts';
import { options } from '../../src/config/options.ts';

test('credentials and the values of a query are hidden, the rest stays', () => {
  assert.equal(maskUrl('http://u:S@h:1/p'), 'http://***@h:1/p');
  assert.equal(maskUrl('https://S@h/p?token=S&x-sig=S#f'), 'https://***@h/p?token=***&x-sig=***#f');
  assert.equal(maskUrl('http://jaeger:14268/api/traces'), 'http://jaeger:14268/api/traces');
});

test('all is hidden up to the last @, also of what is no URL or would be another one', () => {
  for (const text of [
    'http://u:S/S@h',
    'http://u:1/S@h',
    'http://u:1?S@h',
    'u:S@h:14268',
    'ftp://u:S@h',
    'http://u:S@h:port',
    'jaeger://u:S@S@h?k=S',
  ]) {
    assert.ok(!maskUrl(text).includes('S'), maskUrl(text));
  }
});

test('each URL of a list is shown without its own secrets', () => {
  const list = 'http://u:S@a?t=S,https://u:S,S@b, http://c/?t=S,d:4317';
  assert.equal(maskUrl(list), 'http://***@a?t=***,https://***@b, http://c/?t=***');
});

test('of a text that is longer than any URL, what may be a password is not shown, nor is it searched for long', () => {
  assert.equal(maskUrl(`http://u:${'S'.repeat(200_000)}@h`), 'http://***@…');
  assert.equal(maskUrl('x'.repeat(200_000)).length, 2049);
  for (const unit of ['a:b,', 'http://', '?', '@']) assert.ok(maskUrl(unit.repeat(50_000)).length <= 2049);
});

test('plain text stays as it is', () => {
  for (const text of ['5s', 'a,b', 'user@example.org', 'k=v,k2=v2', 'http/protobuf', 'h:4317'])
    assert.equal(maskUrl(text), text);
});

test('a password never shows, whatever it is made of', () => {
  const password = fc.string({
    minLength: 6,
    maxLength: 20,
    unit: fc.constantFrom(...'SECRT!$&()*+.;:-_~%@'.split('')),
  });
  fc.assert(
    fc.property(password, fc.constantFrom('http://', 'https://', 'x://'), (secret, scheme) => {
      assert.ok(!maskUrl(`${scheme}u:${secret}@jaeger:14268/api`).includes(secret));
    }),
  );
});

test('values are shown as they are written; secrets are not shown, and what is unset is nothing', () => {
  assert.equal(showValue(options.scheduleDelayMs, 5000), '5000');
  assert.equal(showValue(options.tracingUrl, ['http://u:p@h', 'http://u:q@i?k=v']), 'http://***@h,http://***@i?k=***');
  assert.equal(showValue(options.otlpHeaders, { authorization: 'x' }), '***');
  assert.equal(showValue(options.jaegerPassword, undefined), undefined);
  assert.equal(showValue(options.propagators, []), 'none');
});
