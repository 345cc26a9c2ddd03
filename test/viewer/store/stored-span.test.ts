import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bytesOfSpan,
  parseBody,
  spanKey,
  toStoredSpan,
  type StoredSpan,
} from '../../../src/viewer/store/stored-span.ts';
import { aSpan, someProcess } from '../support.ts';

const stored = (given: Parameters<typeof aSpan>[0] = {}): StoredSpan =>
  toStoredSpan(aSpan(given), { ...someProcess, json: '{}' }, 'GET /users/:id');

test('what is no field of its own is in the body, and comes out as it went in', () => {
  const tags = [{ key: 'k', type: 'string', value: '"\u2028😀' } as const];
  assert.deepEqual(parseBody(stored({ tags })), { references: [], tags, logs: [], warnings: null });
  assert.deepEqual(parseBody(stored({ warnings: ['w'] })).warnings, ['w']);
});

test('a text beyond Latin-1 counts twice, as V8 keeps it', () => {
  const size = (value: string): number => bytesOfSpan(stored({ tags: [{ key: 'k', type: 'string', value }] }));
  assert.equal(size('a'.repeat(1001)) - size('a'), 1000);
  assert.ok(size(`${'a'.repeat(1000)}€`) - size('€') === 2000);
});

test('a span of a known id is the same again, a twin, or one too many', () => {
  const there = new Map<string, StoredSpan>();
  const put = (span: StoredSpan): string | undefined | null => {
    const key = spanKey(span, (one) => there.get(one));
    if (key) there.set(key, span);
    return key;
  };
  const id = aSpan().spanId;
  assert.equal(put(stored()), id);
  assert.equal(put(stored()), undefined);
  assert.equal(put(stored({ startUs: 1 })), `${id}#2`);
  assert.equal(put(stored({ startUs: 1 })), undefined);
  for (let twin = 3; twin <= 8; twin++) assert.equal(put(stored({ startUs: twin })), `${id}#${twin}`);
  assert.equal(put(stored({ startUs: 9 })), null);
});
