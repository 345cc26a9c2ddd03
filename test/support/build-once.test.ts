import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from './app.ts';
import { buildOnce, runTool } from './build-once.ts';
import { run } from './run.ts';

const room = new URL('./build-once.ts', import.meta.url).href;

test('two processes that want the same thing build it once', async (t) => {
  const dir = tempDir(t);
  const source = `import { appendFileSync, writeFileSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    import { buildOnce } from ${JSON.stringify(room)};
    await buildOnce('thing', async (unfinished) => {
      appendFileSync('builders', process.pid + '\\n');
      await setTimeout(150);
      writeFileSync(unfinished, 'done');
    });`;
  const build = () => run({ node: process.execPath, args: ['--input-type=module', '-e', source], cwd: dir });
  const ended = await Promise.all([build(), build()]);
  assert.deepEqual(
    ended.map(({ code, stderr }) => [code, stderr]),
    [
      [0, ''],
      [0, ''],
    ],
  );
  assert.match(readFileSync(join(dir, 'builders'), 'utf8'), /^\d+\n$/);
  assert.deepEqual(readdirSync(dir).sort(), ['builders', 'thing']);
});

test('a lock whose builder was killed is passed over, and a failed build leaves nothing', async (t) => {
  const target = join(tempDir(t), 'deep', 'thing');
  const { pid } = await run({ args: ['-e', ''] });
  await assert.rejects(
    buildOnce(target, async (unfinished) => {
      writeFileSync(unfinished, 'half');
      await runTool('false', []);
    }),
    /^Error: false/,
  );
  assert.deepEqual(readdirSync(join(target, '..')), []);
  writeFileSync(`${target}.lock`, String(pid));
  await buildOnce(target, async (unfinished) => writeFileSync(unfinished, 'whole'));
  assert.equal(readFileSync(target, 'utf8'), 'whole');
  assert.equal(existsSync(`${target}.lock`), false);
});
