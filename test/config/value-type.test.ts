import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as types from '../../src/config/value-type.ts';
import type { ValueType } from '../../src/config/value-type.ts';

function values<T>(type: ValueType<T>, texts: readonly string[]): readonly (T | undefined)[] {
  return texts.map((text) => type.parse(text)?.value);
}

test("the specification's boolean takes true and false in any case, and neither 1 nor yes", () => {
  assert.deepEqual(values(types.boolean, ['true', 'TRUE', ' False ', '1', 'yes', '0']), [
    true,
    true,
    false,
    undefined,
    undefined,
    undefined,
  ]);
});

test('our own switches take 1 and 0 too', () => {
  assert.deepEqual(values(types.flag, ['1', '0', 'True', 'false', 'on']), [true, false, true, false, undefined]);
});

test('milliseconds are whole and not negative, and have no unit', () => {
  assert.deepEqual(values(types.milliseconds, ['5000', '0', ' 7 ', '+7']), [5000, 0, 7, 7]);
  assert.deepEqual(
    values(types.milliseconds, ['5s', '-1', '1.5', '1e3', '0x10', '١', 'NaN', '']),
    Array(8).fill(undefined),
  );
});

test('a delay over 2147483647 ms, which Node.js would fire at once, is 2147483647 ms', () => {
  assert.equal(types.milliseconds.parse('99999999999')?.value, 2_147_483_647);
});

test('a timeout of 0 is none, a delay of 0 is 0, and where the SDK refuses 0 it is refused', () => {
  assert.equal(types.timeoutMilliseconds.parse('0')?.value, types.MAX_TIMER_MS);
  assert.equal(types.milliseconds.parse('0')?.value, 0);
  assert.equal(types.positiveMilliseconds.parse('0'), undefined);
});

test('counts start at 0, sizes of queues at 1 and bytes at 1024', () => {
  assert.deepEqual(values(types.count, ['0', '128', '-1']), [0, 128, undefined]);
  assert.deepEqual(values(types.positiveCount, ['0', '1']), [undefined, 1]);
  assert.deepEqual(values(types.bytes, ['1023', '1024', '9007199254740993']), [undefined, 1024, undefined]);
});

test('an unlimited length reads as no limit', () => {
  assert.equal(types.length.format(Infinity), 'no limit');
  assert.equal(types.length.format(12), '12');
});

test('ports go from 1 to 65535, and one to listen on may have a colon before it', () => {
  assert.deepEqual(values(types.port, ['1', '65535', '0', '65536', ':80']), [
    1,
    65_535,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual(values(types.listenPort, ['50051', ':50051', '::1']), [50_051, 50_051, undefined]);
});

test('a ratio goes from 0 to 1', () => {
  assert.deepEqual(values(types.ratio, ['0', '1', '.25', '1e-3', '1.01', '-0.1', '10%', '']), [
    0,
    1,
    0.25,
    0.001,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('an own address is a host, with a port or without', () => {
  const good = ['10.1.2.3', '10.1.2.3:50051', 'users.internal', 'users:1', '[::1]:5', '[fe80::1%eth0]', 'fe80::1'];
  assert.deepEqual(values(types.hostAddress, good), good);
  assert.deepEqual(values(types.hostAddress, ['http://h', 'a b', 'h:port']), [undefined, undefined, undefined]);
});

test('a host name has no path and no space', () => {
  assert.deepEqual(values(types.hostName, ['localhost', '::', '10.0.0.1', 'a/b', 'a b']), [
    'localhost',
    '::',
    '10.0.0.1',
    undefined,
    undefined,
  ]);
});

test('a traceparent has ids that are not zero, and says more only in a later version', () => {
  const fields = `${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const good = [`00-${fields}`, ` 00-${fields} `, `cc-${fields}`, `cc-${fields}-what-else`];
  assert.deepEqual(
    values(types.traceparent, good),
    good.map((text) => text.trim()),
  );
  const zeros = [`00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`];
  const bad = [`00-${fields}-more`, `ff-${fields}`, fields, `00-${fields.toUpperCase()}`, '00-1-2-01', ...zeros];
  assert.deepEqual(values(types.traceparent, bad), Array(bad.length).fill(undefined));
});

test('one of a few names is taken in any case and given as it is known', () => {
  const type = types.oneOf('gzip', 'none');
  assert.deepEqual(values(type, ['GZIP', 'none', 'br']), ['gzip', 'none', undefined]);
  assert.equal(type.allowed, 'one of gzip, none');
});

test('a list or a map is nothing for a type that takes one text', () => {
  for (const type of [types.text, types.count, types.boolean]) {
    assert.equal(type.parse(['1']), undefined);
    assert.equal(type.parse({ a: '1' }), undefined);
  }
});

test('an output stream is stdout or an absolute file URL', () => {
  for (const good of ['stdout', 'file:///var/log/x.jsonl'])
    assert.deepEqual(types.outputStream.parse(good), { value: good });
  for (const bad of ['stderr', 'x.jsonl', 'file:', 'file://host/x', 'file:///'])
    assert.equal(types.outputStream.parse(bad), undefined, bad);
});
