import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes } from '@opentelemetry/api';
import { headerCapture, type HeaderValue } from '../../../src/instrument/http/header-capture.ts';

function capture(direction: 'request' | 'response', names: string[], headers: Record<string, HeaderValue>): Attributes {
  const attributes: Attributes = { before: true };
  headerCapture(direction, names)?.(attributes, (name) => headers[name]);
  return attributes;
}

test('headers become lists, whatever case their names were given in', () => {
  assert.deepEqual(capture('request', ['X-One', 'two', 'x-one'], { 'x-one': 'a', two: ['b', 'c'], three: 'd' }), {
    before: true,
    'http.request.header.x-one': ['a'],
    'http.request.header.two': ['b', 'c'],
  });
  assert.deepEqual(capture('response', ['length', 'missing'], { length: 3 }), {
    before: true,
    'http.response.header.length': [3],
  });
});

test('0 names need no capture', () => {
  assert.equal(headerCapture('request', []), undefined);
});
