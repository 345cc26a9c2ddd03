import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes } from '@opentelemetry/api';
import { headerCapture, type HeaderValue } from '../../../src/instrument/http/header-capture.ts';

function capture(direction: 'request' | 'response', names: string[], headers: Record<string, HeaderValue>): Attributes {
  return headerCapture(direction, names)?.((name) => headers[name]) ?? {};
}

test('headers become lists, whatever case their names were given in', () => {
  assert.deepEqual(capture('request', ['X-One', 'two', 'x-one'], { 'x-one': 'a', two: ['b', 'c'], three: 'd' }), {
    'http.request.header.x-one': ['a'],
    'http.request.header.two': ['b', 'c'],
  });
  assert.deepEqual(capture('response', ['length', 'missing'], { length: 3 }), {
    'http.response.header.length': [3],
  });
});

test('a list is a copy: the span does not hold the one of the app', () => {
  const two = ['b', 'c'];
  assert.notEqual(capture('request', ['two'], { two })['http.request.header.two'], two);
});

test('0 names need no capture', () => {
  assert.equal(headerCapture('request', []), undefined);
});
