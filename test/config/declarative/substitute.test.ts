import assert from 'node:assert/strict';
import { test } from 'node:test';
import { substitute } from '../../../src/config/declarative/substitute.ts';
import { specification, variables } from './specification.ts';

const lookup = (name: string): string | undefined => variables[name];

test('each row of the table in the specification is substituted as it says', () => {
  for (const { input, output } of specification) {
    const result = substitute(input, lookup);
    if (output === undefined) assert.equal(result.status, 'invalid', input);
    else assert.deepEqual(result, { status: 'substituted', text: output }, input);
  }
});

test('a variable that is empty gives the default, one without a default nothing', () => {
  const empty = (name: string) => (name === 'SET' ? 'x' : '');
  assert.deepEqual(substitute('${A:-b}|${A}|${env:A:-c}|${A:-}|${SET:-d}', empty), {
    status: 'substituted',
    text: 'b||c||x',
  });
});

test('a variable may be called env, and its default hold anything but } and the end of the line', () => {
  assert.deepEqual(
    substitute('${env:-a:-b $ {c}', (name) => (name === 'env' ? undefined : 'no')),
    { status: 'substituted', text: 'a:-b $ {c' },
  );
});

test('what is no reference at all stays as it is', () => {
  for (const text of ['$NAME', '${', '${}', '$ {A}', 'a $ b', '{A}', '${A\n}']) {
    assert.deepEqual(
      substitute(text, () => 'no'),
      { status: 'substituted', text },
      text,
    );
  }
});

test('a reference that is none is refused, and its default, which may be a secret, is not shown', () => {
  const refused = (text: string) => {
    const result = substitute(text, () => 'x');
    return result.status === 'invalid' ? result.reference : undefined;
  };
  assert.equal(refused('${1API_KEY}'), '${1API_KEY}');
  assert.equal(refused('${API_$KEY}'), '${API_$KEY}');
  assert.equal(refused('${API KEY:-SECRET}'), '${API KEY:…}');
  assert.equal(refused('${sys:otel.service.name}'), '${sys:…}');
  assert.equal(refused('${env:API-KEY:-SECRET}'), '${env:API-KEY:…}');
  assert.equal(refused('${env:API-KEY}'), '${env:API-KEY}');
});
