import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanKind } from '@opentelemetry/api';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { Repeats } from '../../src/wire/repeats.ts';
import { RepeatsByName } from '../../src/wire/repeats-by-name.ts';
import { aSpan } from './spans.ts';

/** Writes attributes as `key=value;` and tells which keys were written rather than copied. */
function setUp(): (name: string, attributes: Readonly<Record<string, string | number>>, kind?: SpanKind) => string {
  const writer = new ByteWriter();
  let fresh: string[] = [];
  const all = new RepeatsByName(
    () =>
      new Repeats(writer, {}, (key, value) => {
        fresh.push(key);
        writer.text(`${key}=${String(value)};`);
      }),
  );
  return (name, attributes, kind = SpanKind.INTERNAL) => {
    fresh = [];
    const mark = writer.at;
    const span = aSpan({ name, attributes, kind });
    const { repeats } = all.of(span);
    repeats.begin(span);
    repeats.end();
    return `${Buffer.from(writer.copy(mark)).toString()} ${fresh.join()}`;
  };
}

test('spans of 3 names that take turns are copied from the last one of their name', () => {
  const write = setUp();
  for (const expected of ['a,b', '', '']) {
    for (const name of ['one', 'two', 'three']) {
      assert.equal(write(name, { a: name, b: 2 }), `a=${name};b=2; ${expected}`);
    }
  }
  assert.equal(write('two', { a: 'two', b: 3 }), 'a=two;b=3; b');
});

test('after 64 names, and of long ones, those of a kind are copied from the last one of their kind', () => {
  const write = setUp();
  for (let name = 0; name < 64; name++) write(`name ${name}`, { a: 1 });
  assert.equal(write('late', { a: 1 }), 'a=1; a');
  assert.equal(write('later', { a: 1 }), 'a=1; ');
  assert.equal(write('x'.repeat(129), { a: 1 }), 'a=1; ');
  assert.equal(write('late', { a: 1 }, SpanKind.SERVER), 'a=1; a');
  assert.equal(write('name 63', { a: 1 }), 'a=1; ');
});

test('a name that is no text is one of its kind', () => {
  const write = setUp();
  assert.equal(write(undefined as never, { a: 1 }), 'a=1; a');
  assert.equal(write({} as never, { a: 1 }), 'a=1; ');
});

test('the name is written once for each name, each time for those of a kind, and not kept where it did not fit', () => {
  const writer = new ByteWriter();
  const written: string[] = [];
  const all = new RepeatsByName(() => new Repeats(writer, {}, assert.fail));
  const write = (name: string): string => {
    const mark = writer.at;
    const span = aSpan({ name });
    all.of(span).name(writer, span, (_, text) => {
      written.push(text);
      writer.text(`<${text}>`);
    });
    return Buffer.from(writer.copy(mark)).toString();
  };
  writer.limit(writer.at - 64);
  assert.equal(write('one'), '');
  writer.rewind(0);
  writer.limit(Infinity);
  const long = 'x'.repeat(129);
  const longer = 'y'.repeat(130);
  for (const name of ['one', 'zwölf', 'one', 'zwölf', long, longer, long]) assert.equal(write(name), `<${name}>`);
  assert.deepEqual(written, ['one', 'one', 'zwölf', long, longer, long]);
});
