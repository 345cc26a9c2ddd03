import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { app } from '../support/app.ts';
import { checkout, run } from '../support/run.ts';

const config = (cwd: string, args: readonly string[], env = {}) =>
  run({ args: [`${checkout}dist/cli.js`, 'config', ...args], cwd, env });

const files = {
  '.env': 'TRACING_NAMESPACE=staging\n',
  'tracing.yaml':
    'namespace: dev\ntracing_url: http://u:secret@jaeger:14268/api/traces\nbatch: {schedule_delay_ms: 5s}\n',
};

test('what is set is shown with its source and what it overrides, secrets masked, problems on stderr', async (t) => {
  const { stdout, stderr, code } = await config(app(t, files), [], { OTEL_SERVICE_NAME: 'user-srv' });
  assert.equal(code, 0);
  assert.deepEqual(
    stdout.split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['tracingUrl', 'http://***@jaeger:14268/api/traces', 'tracing.yaml:2'],
      ['serviceName', 'user-srv', 'OTEL_SERVICE_NAME'],
      ['namespace', 'staging', '.env:1', 'over tracing.yaml:1'],
      [''],
    ],
  );
  assert.match(stderr, /^otel-preload: batch\.schedule_delay_ms \(tracing\.yaml:3\) must be whole milliseconds/);
});

test('--all shows the defaults too, --json is for machines, and nothing set is said', async (t) => {
  const cwd = app(t, files);
  const all = JSON.parse((await config(cwd, ['--all', '--json'])).stdout) as {
    options: Record<string, { value: string; source: string }>;
    problems: string[];
  };
  assert.deepEqual(all.options['scheduleDelayMs'], {
    value: '5000',
    source: 'default',
    overridden: ['tracing.yaml:3'],
  });
  assert.equal(all.problems.length, 1);
  assert.ok(!JSON.stringify(all).includes('secret'));
  assert.match((await config(app(t, {}), [])).stdout, /^Nothing is set; spans go by OTLP to/);
});

test('the schema is JSON Schema, and init writes a file that check finds good, once', async (t) => {
  const cwd = app(t, {});
  const schema = JSON.parse((await config(cwd, ['schema'])).stdout) as { properties: object };
  assert.ok('tracing_url' in schema.properties);
  assert.match((await config(cwd, ['init'])).stdout, /^tracing_url: http/m);
  assert.equal((await config(cwd, ['init', 'mine.yaml'])).code, 0);
  assert.ok(existsSync(join(cwd, 'mine.yaml')));
  assert.deepEqual(await config(cwd, ['check', 'mine.yaml']).then(({ code, stdout }) => [code, stdout]), [
    0,
    'mine.yaml is good\n',
  ]);
  const written = readFileSync(join(cwd, 'mine.yaml'), 'utf8');
  const again = await config(cwd, ['init', 'mine.yaml']);
  assert.deepEqual([again.code, readFileSync(join(cwd, 'mine.yaml'), 'utf8')], [1, written]);
});

test('check ends with 78 and a line for each problem of the file, and for that file alone', async (t) => {
  const cwd = app(t, {
    '.env': 'OTEL_BSP_SCHEDULE_DELAY=soon\n',
    'a.yaml': 'namespce: dev\nsampler: {arg: 2}\n',
    'b.yaml': 'x: [',
  });
  const { code, stderr } = await config(cwd, ['check', 'a.yaml'], { OTEL_SPAN_LINK_COUNT_LIMIT: 'many' });
  assert.equal(code, 78);
  assert.deepEqual(stderr.match(/otel-preload: /g)?.length, 2);
  assert.match(stderr, /a\.yaml:1.*did you mean namespace/);
  assert.match(stderr, /sampler\.arg \(a\.yaml:2\) must be a number from 0 to 1, got "2"/);
  assert.match((await config(cwd, ['check', 'b.yaml'])).stderr, /b\.yaml:1:\d+ is not YAML/);
  assert.equal((await config(cwd, ['check', 'none.yaml'])).code, 78);
  const json = JSON.parse((await config(cwd, ['check', 'a.yaml', '--json'])).stdout) as { problems: string[] };
  assert.equal(json.problems.length, 2);
});

test('check knows a declarative file by its file_format, and shows where each of its values is from', async (t) => {
  const good = 'file_format: "1.1"\nlog_level: ${LEVEL:-loud}\n';
  const cwd = app(t, {
    'otel.yaml': good,
    'tracing.yaml': 'namespace: other\n',
    'bad.yaml': 'file_format: "1.1"\nlog_level: loud\ndisabled: 1\n',
  });
  const env = { LEVEL: 'error', OTEL_SERVICE_NAME: 'a' };
  const { code, stdout, stderr } = await config(cwd, ['check', 'otel.yaml'], env);
  assert.deepEqual([code, stdout, stderr], [0, 'otel.yaml is good\n', '']);
  const bad = await config(cwd, ['check', 'bad.yaml'], env);
  assert.deepEqual(
    [bad.code, bad.stderr.match(/^otel-preload: \w+ \(bad\.yaml:[23]:1\) must be .*$/gm)?.length],
    [78, 2],
  );
  const shown = await config(cwd, [], { LEVEL: 'error', OTEL_CONFIG_FILE: 'otel.yaml' });
  assert.match(shown.stdout, /^logLevel +error +otel\.yaml:2 *$/m);
  assert.match(
    shown.stderr,
    /^otel-preload: tracing\.yaml has no effect: OTEL_CONFIG_FILE puts otel\.yaml in the place/,
  );
});

test('what it cannot do is told with code 64', async (t) => {
  const cwd = app(t, {});
  assert.equal((await config(cwd, ['destroy'])).code, 64);
  assert.equal((await config(cwd, ['check'])).code, 64);
});
