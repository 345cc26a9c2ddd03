import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTlsSetup, reason } from '../../src/export/reason.ts';

const coded = (code: string, more?: ErrorOptions): Error => Object.assign(new Error('long text', more), { code });

test('an error is its code, that of its cause or of its first attempt, else its message', () => {
  assert.equal(reason(coded('ECONNREFUSED')), 'ECONNREFUSED');
  assert.equal(reason(new AggregateError([coded('ENETUNREACH'), coded('ETIMEDOUT')], 'all')), 'ENETUNREACH');
  assert.equal(reason(coded('ERR_HTTP2_STREAM_CANCEL', { cause: coded('ECONNREFUSED') })), 'ECONNREFUSED');
  assert.equal(reason(new Error('no answer in time')), 'no answer in time');
});

test('keys and certificates that TLS cannot read are no other trouble', () => {
  for (const code of ['ERR_OSSL_PEM_NO_START_LINE', 'ERR_SSL_NO_CERTIFICATE', 'ERR_TLS_INVALID_CONTEXT'])
    assert.ok(isTlsSetup(code));
  for (const code of ['ECONNRESET', 'ERR_INVALID_CHAR', 'DEPTH_ZERO_SELF_SIGNED_CERT']) assert.ok(!isTlsSetup(code));
});
