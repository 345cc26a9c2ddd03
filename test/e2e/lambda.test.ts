import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, run, testNode } from '../support/run.ts';

const hasSyncHooks =
  execFileSync(testNode, ['-p', 'typeof require("module").registerHooks'], { encoding: 'utf8' }) === 'function\n';
const bootstrap = `
  const { pathToFileURL } = require('url');
  const path = process.env.LAMBDA_TASK_ROOT + '/' + process.argv[2];
  (async () => {
    const { handler } = process.argv[2].endsWith('.mjs') ? await import(pathToFileURL(path)) : require(path);
    const context = { invokedFunctionArn: 'arn:aws:lambda:x:1:function:greet', awsRequestId: '1', functionName: 'greet' };
    console.log(await handler({}, context));
  })();`;

for (const file of ['index.js', 'index.mjs']) {
  test(
    `an AWS Lambda handler has its span: ${file}`,
    {
      skip:
        file === 'index.mjs' &&
        !hasSyncHooks &&
        'the loader thread of this Node.js does not see a handler named by path',
    },
    async (t) => {
      const collector = await startCollector(t);
      const cwd = app(t, {
        'bootstrap.cjs': bootstrap,
        [`task/${file}`]:
          file === 'index.js' ? `exports.handler = async () => 'hi';` : `export const handler = async () => 'hi';`,
      });
      const env = {
        AWS_LAMBDA_FUNCTION_NAME: 'greet',
        LAMBDA_TASK_ROOT: `${cwd}/task`,
        _HANDLER: 'index.handler',
        TRACING_URL: collector.jaegerUrl,
      };
      const { stdout, stderr, code } = await run({ args: [...importFlag(), 'bootstrap.cjs', file], cwd, env });
      assert.deepEqual([stdout, stderr, code], ['hi\n', '', 0]);
      assert.deepEqual(
        collector.spans.map(({ kind, name }) => `${kind} ${name}`),
        ['server greet'],
      );
    },
  );
}
