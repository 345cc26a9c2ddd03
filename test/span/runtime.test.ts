import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { forceFlush, shutdown, stats } from '../../src/index.ts';
import { findRuntime, type Runtime, RUNTIME } from '../../src/span/runtime.ts';

const global = globalThis as { [RUNTIME]?: Runtime };

function run(calls: string[], end: () => Promise<void> = async () => {}): void {
  global[RUNTIME] = {
    forceFlush: () => (calls.push('forceFlush'), end()),
    shutdown: () => (calls.push('shutdown'), end()),
    stats: () => ({ ended: 0, delivered: 0, spooled: 0, replayed: 0, setAside: 0, dropped: {} }),
  };
}

describe('forceFlush and shutdown', () => {
  afterEach(() => delete global[RUNTIME]);

  it('do nothing where nothing was started', async () => {
    assert.equal(findRuntime(), undefined);
    await forceFlush();
    await shutdown();
    await shutdown();
  });

  it('find the preload, whichever copy of the package started it', async () => {
    const calls: string[] = [];
    run(calls);
    assert.equal((globalThis as Record<symbol, unknown>)[Symbol.for('otel-preload.runtime')], findRuntime());
    await forceFlush();
    await forceFlush();
    assert.deepEqual(calls, ['forceFlush', 'forceFlush']);
  });

  it('shut down once, and each caller waits for it', async () => {
    const calls: string[] = [];
    let release: () => void = () => {};
    run(calls, () => new Promise((resolve) => (release = resolve)));
    const settled: number[] = [];
    const both = [1, 2].map((caller) => shutdown().then(() => settled.push(caller)));
    await Promise.resolve();
    assert.deepEqual(settled, []);
    release();
    await Promise.all(both);
    await shutdown();
    assert.deepEqual(calls, ['shutdown']);
  });

  it('never reject', async () => {
    run([], () => Promise.reject(new Error('collector gone')));
    await forceFlush();
    await shutdown();
    run([], () => {
      throw new Error('at once');
    });
    await forceFlush();
    await shutdown();
  });
});

describe('stats', () => {
  afterEach(() => delete global[RUNTIME]);

  it('are undefined where nothing was started, else those of the preload', () => {
    assert.equal(stats(), undefined);
    run([]);
    assert.equal(stats()?.ended, 0);
  });
});
