import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { Repeats } from '../../src/wire/repeats.ts';
import { aSpan } from './spans.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** What stands behind each other is `key:type:value;`, and which keys were written rather than copied. */
function aRepeats(): { writer: ByteWriter; span: (attributes: Attributes, ...more: [string, unknown][]) => string } {
  const writer = new ByteWriter();
  let fresh: string[] = [];
  const repeats = new Repeats(writer, {}, (key, value) => {
    fresh.push(key);
    writer.text(`${key}:${typeof value}:${String(value)};`);
  });
  return {
    writer,
    span: (attributes, ...more) => {
      fresh = [];
      const mark = writer.at;
      repeats.begin(aSpan({ attributes: attributes }));
      for (const [key, value] of more) repeats.add(key, value);
      const count = repeats.end();
      const text = Buffer.from(writer.copy(mark)).toString();
      assert.equal(text.split(';').length - 1, count);
      return `${text} ${fresh.join(',')}`;
    },
  };
}

test('the first span is written, the next one is copied, up to the value that differs and behind it', () => {
  const { span } = aRepeats();
  assert.equal(span({ a: 1, b: 'x', c: true }), 'a:number:1;b:string:x;c:boolean:true; a,b,c');
  assert.equal(span({ a: 1, b: 'x', c: true }), 'a:number:1;b:string:x;c:boolean:true; ');
  assert.equal(span({ a: 1, b: 'longer', c: true }), 'a:number:1;b:string:longer;c:boolean:true; b');
  assert.equal(span({ a: 1, b: 'longer', c: true }), 'a:number:1;b:string:longer;c:boolean:true; ');
});

test('an attribute more, one less, and another order', () => {
  const { span } = aRepeats();
  span({ a: 1, b: 2 });
  assert.equal(span({ a: 1, b: 2, c: 3 }), 'a:number:1;b:number:2;c:number:3; c');
  assert.equal(span({ a: 1 }), 'a:number:1; ');
  assert.equal(span({ a: 1, b: 2, c: 3 }), 'a:number:1;b:number:2;c:number:3; b,c');
  assert.equal(span({ b: 2, a: 1, c: 3 }), 'b:number:2;a:number:1;c:number:3; b,a');
  assert.equal(span({}), ' ');
});

test('what is added later is repeated like the attributes, and undefined is nothing', () => {
  const { span } = aRepeats();
  assert.equal(span({ a: 1, none: undefined }, ['b', 2], ['none', undefined]), 'a:number:1;b:number:2; a,b');
  assert.equal(span({ none: undefined, a: 1 }, ['none', undefined], ['b', 2]), 'a:number:1;b:number:2; ');
  assert.equal(span({ a: 1 }, ['b', 3], ['c', 4]), 'a:number:1;b:number:3;c:number:4; b,c');
});

const alike = [1, '1', 1n, true, 'true', Number.NaN, 'NaN', '', 0, false, 'undefined', 'null', null];

for (const first of alike) {
  for (const then of alike) {
    if (Object.is(first, then)) continue;
    test(`${typeof first} ${String(first)} is not taken for ${typeof then} ${String(then)}`, () => {
      const { span } = aRepeats();
      span({ a: first });
      assert.equal(span({ a: then }), `a:${typeof then}:${String(then)}; a`);
    });
  }
}

for (const [name, value] of Object.entries({
  'a list': [1],
  'an object': { toString: () => 'o' },
  'a function': () => 1,
  NaN: Number.NaN,
  'a text of 257': 'x'.repeat(257),
})) {
  test(`${name} is written each time`, () => {
    const { span } = aRepeats();
    assert.ok(span({ a: value }).endsWith(' a'));
    assert.ok(span({ a: value }).endsWith(' a'));
  });
}

test('a text of 256 is repeated', () => {
  const { span } = aRepeats();
  span({ a: 'x'.repeat(256) });
  assert.ok(span({ a: ['x'.repeat(100), 'x'.repeat(156)].join('') }).endsWith('x; '));
});

test('a list that has changed since is what it is now', () => {
  const { span } = aRepeats();
  const list = [1];
  span({ list });
  list.push(2);
  assert.equal(span({ list }), 'list:object:1,2; list');
});

test('nothing is copied from what the writer has forgotten', () => {
  const { span, writer } = aRepeats();
  span({ a: 1 });
  writer.clear();
  assert.equal(span({ a: 1 }), 'a:number:1; a');
  writer.rewind(0);
  writer.text('other bytes');
  assert.equal(span({ a: 1 }), 'a:number:1; a');
});

test('what has been moved is copied from where it is now', () => {
  const writer = new ByteWriter();
  const repeats = new Repeats(writer, {}, (key, value) => writer.text(`${key}=${String(value)};`));
  const span = (value: unknown): string => {
    const mark = writer.openLength(0);
    repeats.begin(aSpan({ attributes: { a: 1, b: value } }));
    repeats.end();
    repeats.moved(writer.closeLength(mark, 0));
    return Buffer.from(writer.copy(mark)).toString('latin1');
  };
  assert.equal(span('x'), '\u0008a=1;b=x;');
  assert.equal(span('x'), '\u0008a=1;b=x;');
  assert.equal(span('xy'), '\ta=1;b=xy;');
  assert.equal(span('xy'), '\ta=1;b=xy;');
});

test('what is inherited is no attribute, also where every object inherits it', () => {
  const { span } = aRepeats();
  const inherits = (own: object): Attributes => Object.assign(Object.create({ far: 1 }) as object, own) as Attributes;
  assert.equal(span(inherits({ a: 1 })), 'a:number:1; a,far,a');
  assert.equal(span({ a: 1, far: 1 }), 'a:number:1;far:number:1; far');
  assert.match(span(inherits({ a: 1 })), /^a:number:1; /);
  // oxlint-disable-next-line no-extend-native -- as old libraries do it
  Object.defineProperty(Object.prototype, 'everywhere', { value: 1, enumerable: true, configurable: true });
  try {
    assert.match(span({ a: 1 }), /^a:number:1; /);
    assert.match(span({ a: 1, everywhere: 1 }), /^a:number:1;everywhere:number:1; /);
    assert.match(span({}), /^ /);
  } finally {
    delete (Object.prototype as { everywhere?: number }).everywhere;
  }
});

test('a span that has a list of its attributes is not asked for the object', () => {
  const writer = new ByteWriter();
  const list = ['a', 1, 'none', undefined, 'b', 'x'];
  const fresh: string[] = [];
  const repeats = new Repeats(
    writer,
    { attributeList: (span) => (span.name === 'listed' ? list : undefined) },
    (key) => {
      fresh.push(key);
      writer.text(key);
    },
  );
  const listed = Object.defineProperty(aSpan({ name: 'listed' }), 'attributes', { get: () => assert.fail('asked') });
  const span = (): number => {
    repeats.begin(listed);
    return repeats.end();
  };
  assert.equal(span(), 2);
  list[5] = 'y';
  assert.equal(span(), 2);
  repeats.begin(aSpan({ name: 'other', attributes: { a: 1, b: 'y' } }));
  assert.equal(repeats.end(), 2);
  assert.equal(Buffer.from(writer.copy(0)).toString(), 'ababab');
  assert.deepEqual(fresh, ['a', 'b', 'b']);
});

test('a writer that is full stays full, whatever is inherited', () => {
  const writer = new ByteWriter();
  const repeats = new Repeats(writer, {}, (key) => writer.text(key));
  writer.limit(0);
  writer.text('x'.repeat(65));
  assert.ok(writer.overflowed);
  repeats.begin(aSpan({ attributes: Object.create({ far: 1 }) as never }));
  assert.ok(writer.overflowed);
  assert.equal(writer.at, 0);
});
