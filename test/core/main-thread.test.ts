import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { isMainThread } from '../../src/core/main-thread.ts';
import { run } from '../support/run.ts';

test('it is the main thread here, and in a worker thread it is not', async () => {
  assert.equal(isMainThread, true);
  const file = new URL('../../src/core/main-thread.ts', import.meta.url).href;
  const program = `
    import { parentPort } from 'node:worker_threads';
    import { isMainThread } from ${JSON.stringify(file)};
    parentPort.postMessage(isMainThread);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
  assert.deepEqual(await once(worker, 'message'), [false]);
});

test('on every Node.js line a worker thread is known by what we look at', async () => {
  const program = `
    const look = 'process.abort.disabled === true';
    console.log(eval(look));
    const { Worker } = require('worker_threads');
    new Worker('console.log(' + look + ')', { eval: true });`;
  const { stdout } = await run({ args: ['-e', program] });
  assert.equal(stdout, 'false\ntrue\n');
});
