import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../src/cli/command.ts';
import { toAge, toNumber, toPort } from '../../src/cli/option-values.ts';

const given = (text: string) => new Map([['it', text]]);

test('ports, numbers and ages are read; what is not given is undefined', () => {
  assert.deepEqual([toPort(given('0'), 'it'), toPort(given('65535'), 'it')], [0, 65_535]);
  assert.deepEqual([toNumber(given('7'), 'it'), toNumber(given('0'), 'it', 0)], [7, 0]);
  assert.deepEqual(
    ['30m', '12h', '7d'].map((text) => toAge(given(text), 'it')),
    [1_800_000, 43_200_000, 604_800_000],
  );
  const nothing = new Map<string, string>();
  assert.deepEqual(
    [toPort(nothing, 'it'), toNumber(nothing, 'it'), toAge(nothing, 'it')],
    [undefined, undefined, undefined],
  );
});

test('what is none of them is refused', () => {
  const cases: [read: () => unknown, pattern: RegExp][] = [
    [() => toPort(given('65536'), 'it'), /^--it is a port, 0 to 65535, got 65536$/],
    [() => toNumber(given('-1'), 'it'), /^--it is a whole number from 1, got "-1"$/],
    [() => toNumber(given('1e3'), 'it'), /^--it is a whole number from 1, got "1e3"$/],
    [() => toAge(given('7'), 'it'), /^--it is an age such as 30m, 12h or 7d, got "7"$/],
  ];
  for (const [read, pattern] of cases) {
    assert.throws(read, (error) => error instanceof UsageError && pattern.test(error.message));
  }
});
