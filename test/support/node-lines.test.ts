import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { app } from './app.ts';
import { run } from './run.ts';

const room = new URL('./node-lines.ts', import.meta.url).href;

// Installs a "node" that says the version it is told to say, and counts its runs.
const npm = `#!/bin/sh
echo "$@" >> "$COUNT"
for last; do :; done
package=\${last%@*}
mkdir -p "$3/node_modules/$package/bin"
printf '#!/bin/sh\\necho %s\\n' "$SAYS" > "$3/node_modules/$package/bin/node"
chmod +x "$3/node_modules/$package/bin/node"
`;

test('a line is installed once, of the exact version, and one that says another is refused', async (t) => {
  const dir = app(t, { 'bin/npm': npm });
  chmodSync(join(dir, 'bin/npm'), 0o755);
  const source = `import { nodeBinary } from ${JSON.stringify(room)};
    console.log(await nodeBinary('99.1.2') === await nodeBinary('99.1.2'));`;
  const lines = (says: string, cache: string) =>
    run({
      node: process.execPath,
      args: ['--input-type=module', '-e', source],
      env: {
        PATH: `${join(dir, 'bin')}:${process.env['PATH']}`,
        XDG_CACHE_HOME: join(dir, cache),
        COUNT: join(dir, 'count'),
        SAYS: says,
      },
    });
  const good = await lines('v99.1.2', 'good');
  assert.deepEqual([good.stdout, good.stderr, good.code], ['true\n', '', 0]);
  const installs = readFileSync(join(dir, 'count'), 'utf8').trim().split('\n');
  assert.equal(installs.length, 1);
  assert.match(installs[0] ?? '', /^install --prefix .* node-\w+-\w+@99\.1\.2$/);
  assert.match((await lines('v99.0.0', 'bad')).stderr, /says v99\.0\.0, not v99\.1\.2/);
});
