import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clearTimeout, setInterval, setTimeout } from '../../src/core/timers.ts';

test('timers that somebody puts in the place of the global ones are not these', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  t.mock.method(globalThis, 'clearTimeout', () => assert.fail());
  const fired = await new Promise((resolve) => {
    const interval = setInterval(() => {
      clearInterval(interval);
      clearTimeout(setTimeout(() => resolve('cleared'), 5));
      setTimeout(() => resolve('fired'), 5);
    }, 1);
  });
  assert.equal(fired, 'fired');
});
