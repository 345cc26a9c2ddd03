import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { toOtlpFlags } from '../../src/wire/otlp-flags.ts';
import { aContext } from './spans.ts';

test('whether the parent is remote is known in bit 8 and said in bit 9', () => {
  const sampled = aContext({ traceFlags: 1 });
  assert.equal(toOtlpFlags(sampled, undefined), 0x101);
  assert.equal(toOtlpFlags(sampled, aContext({ isRemote: false })), 0x101);
  assert.equal(toOtlpFlags(sampled, aContext({ isRemote: true })), 0x301);
  assert.equal(toOtlpFlags(aContext({ traceFlags: 0 }), aContext()), 0x100);
});

test('only the 8 bits of W3C are taken from the trace flags', () => {
  assert.equal(toOtlpFlags(aContext({ traceFlags: 0xfff }), undefined), 0x1ff);
});
