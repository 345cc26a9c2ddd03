import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseTarget } from '../../../src/instrument/http/target.ts';

/** The slow way, for all. */
function byUrl(text: string) {
  const names = 'sig,Signature,AWSAccessKeyId,X-Goog-Signature,X-Amz-Signature,X-Amz-Credential,X-Amz-Security-Token';
  const { pathname, search, searchParams: parameters } = new URL(text, 'http://localhost');
  for (const name of names.split(',')) if (parameters.has(name)) parameters.set(name, 'REDACTED');
  return { path: pathname, query: search === '' ? undefined : parameters.toString() };
}

test('path and query are those of URL, for 50 plain and odd targets', () => {
  const paths = [
    '/',
    '/a/b',
    '/a//b',
    '//a/b',
    '/a/../b',
    '/a/./b',
    '/..',
    '/.a',
    '/a/.',
    '/%2e%2e/a',
    '/a/%2E',
    '/%41',
    '/ä',
    '/a b',
  ];
  const queries = [
    '',
    '?',
    '?x',
    '?x=1',
    '?x=1&y=2',
    '?=',
    '?&&',
    '?x=%20',
    '?x=+',
    '?x=~',
    "?x='",
    '?x=1?y',
    '?x#y',
    '#x',
    '?x[]=1',
  ];
  for (const path of paths)
    for (const query of queries) assert.deepEqual(parseTarget(path + query), byUrl(path + query), path + query);
});

test('path and query are those of URL, for any text after a slash', () => {
  const character = fc.constantFrom(
    ...'aZ09/.?&=%#~+*_-\\"\'<>{}|^`[]@:;,!$() ä'.split(''),
    '%2e',
    '%2F',
    '/.',
    'sig=',
  );
  fc.assert(
    fc.property(fc.array(character, { maxLength: 20 }), (parts) => {
      const text = `/${parts.join('')}`;
      if (!URL.canParse(text, 'http://localhost')) assert.equal(parseTarget(text), undefined);
      else assert.deepEqual(parseTarget(text), byUrl(text));
    }),
    { numRuns: 3000 },
  );
});

test('the values of 7 parameters that sign a URL are hidden', () => {
  assert.equal(parseTarget('/a?sig=1&b=2')?.query, 'sig=REDACTED&b=2');
  assert.equal(
    parseTarget('/a?b=2&X-Amz-Signature=x&X-Amz-Credential=y')?.query,
    'b=2&X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED',
  );
  assert.equal(parseTarget('/a?SIG=1&design=2')?.query, 'SIG=1&design=2');
  assert.equal(parseTarget('/a?sig=1&sig=2')?.query, 'sig=REDACTED');
});

test('what is no URL has no parts', () => {
  assert.equal(parseTarget('http://[/'), undefined);
  assert.deepEqual(parseTarget('http://example.com/a?b=1'), { path: '/a', query: 'b=1' });
  assert.deepEqual(parseTarget('*'), { path: '/*', query: undefined });
});
