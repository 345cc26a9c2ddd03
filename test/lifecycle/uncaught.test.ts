import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../support/run.ts';

const file = fileURLToPath(new URL('../../src/lifecycle/uncaught.ts', import.meta.url));

for (const [what, code, printed] of [
  ['thrown', `setTimeout(() => { throw new Error('boom'); })`, 'boom'],
  ['a rejection', `Promise.reject(new Error('boom'))`, 'boom'],
  [
    'handled by the app',
    `process.on('uncaughtException', () => console.log('app')); setTimeout(() => { throw new Error('boom'); })`,
    'boom\napp',
  ],
  ['caught', `try { throw new Error('boom'); } catch {} Promise.reject(new Error('boom')).catch(() => {});`, ''],
] as const) {
  test(`an error that is ${what} is told ${printed === '' ? 'to nobody' : 'before it is anybody’s'}`, async () => {
    const program = (watch: string): string[] => ['--input-type=module', '--eval', `${watch};${code}`];
    const bare = await run({ node: process.execPath, args: program('0') });
    const watch = `import { watchUncaught } from ${JSON.stringify(file)}; watchUncaught((error) => console.log(error.message))`;
    const watched = await run({ node: process.execPath, args: program(watch) });
    assert.equal(watched.stdout.trim(), printed);
    assert.equal(watched.code, bare.code);
  });
}
