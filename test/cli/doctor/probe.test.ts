/** What the built probe sees and reports, in real processes of every Node.js line. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import type { ProbeReport } from '../../../src/cli/doctor/probe-report.ts';
import { app, tempDir } from '../../support/app.ts';
import { nodeBinary, nodeLines } from '../../support/node-lines.ts';
import { checkout, preload, run } from '../../support/run.ts';

const probe = `${checkout}dist/doctor-probe.js`;
const ran = "require('fs').writeFileSync('ran', '');";

const files = {
  'app.js': ran,
  'app.mjs': `import 'express'; import { writeFileSync } from 'node:fs'; writeFileSync('ran', '');`,
  'first.mjs': "import 'express';",
  'late.mjs': `import 'express'; import 'otel-preload/register'; import { writeFileSync } from 'node:fs'; writeFileSync('ran', '');`,
  'late.cjs': `require('express'); require('otel-preload/register'); ${ran}`,
  'node_modules/tool/cli.js': ran,
  'own.mjs': "import './register.mjs'; import './first.mjs';",
  'register.mjs': `import { writeFileSync } from 'node:fs'; writeFileSync('ran', '');`,
  'npm-cli.js': ran,
  'exits.cjs': 'process.exit(5);',
};

async function look(t: TestContext, node: string, args: readonly string[]) {
  const directory = tempDir(t);
  const cwd = app(t, files);
  const env = { NODE_OPTIONS: `--require ${probe}`, OTEL_PRELOAD_PROBE: directory };
  const { code } = await run({ node, args, cwd, env });
  const reports = readdirSync(directory).map(
    (file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as ProbeReport,
  );
  return { report: reports[0], count: reports.length, hasRun: existsSync(join(cwd, 'ran')), code, cwd };
}

for (const line of nodeLines) {
  suite(`Node.js ${line}`, { concurrency: 2 }, () => {
    test('a program is stopped before its first line, after all that is preloaded, CommonJS or ESM', async (t) => {
      const node = await nodeBinary(line);
      for (const file of ['app.js', 'app.mjs']) {
        for (const flag of ['--import', '--require']) {
          const { report, count, hasRun, code, cwd } = await look(t, node, [flag, 'otel-preload/register', file]);
          assert.deepEqual([report?.kind, report?.node, count, hasRun, code], ['program', line, 1, false, 0]);
          assert.deepEqual([report?.entry, report?.cwd], [join(cwd, file), cwd]);
          assert.equal(report?.preload, `${checkout}dist/register.js`);
          assert.ok(!report?.before.some((one) => one.includes('express')));
        }
      }
    });

    test('what another preload loads first is there, in its order', async (t) => {
      const node = await nodeBinary(line);
      const { report } = await look(t, node, ['--import', './first.mjs', '--import', preload, 'app.js']);
      assert.equal(report?.preload, `${checkout}dist/register.js`);
      assert.ok(report?.before.some((one) => one.includes('node_modules/express/')));
    });

    test('a program that loads the preload itself runs until it has', async (t) => {
      const node = await nodeBinary(line);
      for (const file of ['late.mjs', 'late.cjs']) {
        const { report, hasRun } = await look(t, node, [file]);
        assert.deepEqual([report?.kind, hasRun], ['late', false]);
        assert.ok(
          report?.before.some((one) => one.includes('node_modules/express/')),
          file,
        );
      }
    });

    test('without a preload nothing is claimed; what ends before the program says with which code', async (t) => {
      const node = await nodeBinary(line);
      const bare = await look(t, node, ['app.js']);
      assert.deepEqual([bare.report?.kind, bare.report?.preload, bare.hasRun], ['program', null, false]);
      for (const flag of ['--import', '--require']) {
        const ended = await look(t, node, [flag, './exits.cjs', 'app.js']);
        assert.deepEqual(
          [ended.report?.kind, ended.report?.code, ended.hasRun, ended.code],
          ['unfinished', 5, false, 5],
        );
      }
    });
  });
}

test('a program with a register of its own is stopped as any other', async (t) => {
  const { report, hasRun } = await look(t, process.execPath, ['own.mjs']);
  assert.deepEqual([report?.kind, hasRun], ['program', false]);
});

test('installed tools and package managers run as they are; -e is none of ours', async (t) => {
  const tool = await look(t, process.execPath, ['node_modules/tool/cli.js']);
  assert.deepEqual([tool.report?.kind, tool.hasRun], ['tool', true]);
  const preloaded = await look(t, process.execPath, ['--import', 'otel-preload/register', 'node_modules/tool/cli.js']);
  assert.deepEqual([preloaded.report?.kind, preloaded.hasRun], ['program', false]);
  const manager = await look(t, process.execPath, ['npm-cli.js']);
  assert.deepEqual([manager.count, manager.hasRun], [0, true]);
  assert.deepEqual((await look(t, process.execPath, ['-e', '1'])).count, 0);
});
