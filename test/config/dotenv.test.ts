import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parse } from 'dotenv';
import { parseDotenv } from '../../src/config/dotenv.ts';

const all = () => true;

function lines(content: string): Readonly<Record<string, number>> {
  return Object.fromEntries([...parseDotenv(content, all)].map(([name, { line }]) => [name, line]));
}

test('the line is that of the name, with comments, blank lines and export before it', () => {
  assert.deepEqual(lines('# TRACING_URL=no\n\nexport TRACING_URL=http://h\n  NAMESPACE = dev # TRACING_URL=x\n'), {
    TRACING_URL: 3,
    NAMESPACE: 4,
  });
});

test('a quoted value of 3 lines moves what comes after it', () => {
  const content = 'A="one\nB=no\nthree"\nB=yes\n';
  assert.deepEqual(lines(content), { A: 1, B: 4 });
  assert.equal(parseDotenv(content, all).get('B')?.value, 'yes');
});

test('of duplicates the last counts, unless it stands in a value', () => {
  assert.deepEqual(lines("A=1\nA=2\nB='\nA=3\n'\n"), { A: 2, B: 3 });
});

test('CRLF, CR and a byte order mark do not count as more', () => {
  assert.deepEqual(lines('\uFEFFA=1\r\nB=2\rC=3\nD=4'), { A: 1, B: 2, C: 3, D: 4 });
});

test('a name that is part of another is not taken for it', () => {
  assert.deepEqual(lines('URL=1\nTRACING_URL=2\nTRACING_URL_X=URL=3\n'), { URL: 1, TRACING_URL: 2, TRACING_URL_X: 3 });
});

test('colons are as good as equals signs, and only wanted names are read', () => {
  const found = parseDotenv('SECRET: s\nTRACING_URL: http://h\n', (name) => name.startsWith('TRACING_'));
  assert.deepEqual([...found], [['TRACING_URL', { value: 'http://h', line: 2 }]]);
});

test('values are those of dotenv and lines those of the last assignment, whatever stands around them', () => {
  const name = fc.constantFrom('A', 'TRACING_URL', 'OTEL_X', 'TRACING_UR');
  const word = fc.stringMatching(/^[a-zA-Z0-9:/ ]{1,10}$/).map((text) => text.trim() || 'x');
  const quoted = fc.tuple(
    fc.constantFrom('"', "'", '`'),
    fc.array(
      fc.oneof(
        word,
        name.map((n) => `${n}=1`),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  );
  const entry = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('', 'export ', '  '),
        name,
        fc.constantFrom('=', ' = ', ': '),
        word,
        fc.constantFrom('', ' # A=9'),
      )
      .map(([before, key, equals, value, after]) => ({ key, text: `${before}${key}${equals}${value}${after}` })),
    fc
      .tuple(name, quoted)
      .map(([key, [quote, parts]]) => ({ key, text: `${key}=${quote}${parts.join('\n')}${quote}` })),
    fc.constantFrom({ key: undefined, text: '' }, { key: undefined, text: '# TRACING_URL=no' }),
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), (entries, end) => {
      const expected = new Map<string, number>();
      let line = 1;
      for (const { key, text } of entries) {
        if (key !== undefined) expected.set(key, line);
        line += text.split('\n').length;
      }
      const content = entries
        .map(({ text }) => text)
        .join('\n')
        .replaceAll('\n', end);
      const found = parseDotenv(content, all);
      assert.deepEqual(
        Object.fromEntries([...found].map(([key, { line }]) => [key, line])),
        Object.fromEntries(expected),
      );
      assert.deepEqual(Object.fromEntries([...found].map(([key, { value }]) => [key, value])), parse(content));
    }),
    { numRuns: 500 },
  );
});
