import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { metadataCapture } from '../../../src/instrument/grpc/metadata-capture.ts';

test('there is nothing to capture without keys', () => assert.equal(metadataCapture('request', []), undefined));

test('all texts of an entry are captured, whatever the case of its key; binary values are not', () => {
  const metadata = new Metadata();
  metadata.add('x-user', 'ada');
  metadata.add('x-user', 'bob');
  metadata.set('x-bin', Buffer.from('bytes'));
  metadata.set('x-other', 'no');
  const capture = metadataCapture('response', ['X-User', 'x-user', 'x-bin', 'x-missing']);
  assert.deepEqual(capture?.(metadata), { 'rpc.response.metadata.x_user': ['ada', 'bob'] });
});
