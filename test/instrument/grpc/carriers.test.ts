import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { incoming, outgoing } from '../../../src/instrument/grpc/carriers.ts';

test('an entry is its text, a list of several, or nothing', () => {
  const metadata = new Metadata();
  metadata.set('one', 'a');
  metadata.add('two', 'a');
  metadata.add('two', 'b');
  assert.deepEqual(
    ['one', 'ONE', 'two', 'none'].map((key) => incoming.get(metadata, key)),
    ['a', 'a', ['a', 'b'], undefined],
  );
  assert.deepEqual(incoming.keys(metadata), ['one', 'two']);
});

test('an entry that gRPC does not let through is left out', () => {
  const metadata = new Metadata();
  outgoing.set(metadata, 'baggage', 'user=ada;\u00e9');
  outgoing.set(metadata, 'traceparent', '00-1-2-01');
  outgoing.set(metadata, 'traceparent', '00-3-4-01');
  assert.deepEqual(metadata.getMap(), { traceparent: '00-3-4-01' });
});
