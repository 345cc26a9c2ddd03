import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, run } from '../support/run.ts';
import type { Ended } from '../support/run.ts';

interface Program {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, unknown>>;
}

/** Ends a span, prints what it sees of the environment, and exits with code 3. */
const main = `
  import { withSpan } from 'otel-preload';
  withSpan('work', () => {});
  console.log(JSON.stringify(Object.keys(process.env).filter((name) => /^(OTEL|TRACING)_/.test(name)).sort()));
  process.exitCode = 3;`;

function start(t: TestContext, { env = {}, files = {} }: Program): Promise<Ended> {
  const cwd = app(t, { ...files, 'main.mjs': main });
  return run({ args: [...importFlag(), 'main.mjs'], cwd, env });
}

/** The lines on stderr of a program that ran as it does untraced. */
async function lines(t: TestContext, program: Program): Promise<string[]> {
  const { stdout, stderr, code } = await start(t, program);
  assert.deepEqual([stdout, code], [`${JSON.stringify(Object.keys(program.env ?? {}).sort())}\n`, 3]);
  assert.match(stderr, /^(?:otel-preload: [^\n]+\n)*$/);
  return stderr
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice('otel-preload: '.length));
}

/** Sends spans to a collector; the line about it is not what these tests are about. */
async function collecting(t: TestContext, { env = {}, files = {} }: Program) {
  const collector = await startCollector(t);
  const fill = (text: unknown): unknown =>
    typeof text === 'string' ? text.replaceAll('URL', collector.jaegerUrl) : text;
  const filled = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, fill(text)]));
  const said = await lines(t, {
    env: { ...env, TRACING_URL: env['TRACING_URL'] ?? collector.jaegerUrl },
    files: filled,
  });
  return { collector, said };
}

test('a wrong value is one line with name, source, value, what is allowed and what is used; the app runs', async (t) => {
  const { collector, said } = await collecting(t, {
    env: { OTEL_BSP_SCHEDULE_DELAY: '5s' },
    files: {
      '.env': '# mine\nOTEL_TRACES_SAMPLER=sometimes\n',
      'tracing.yaml': 'namespace: shop\nbatch:\n  max_payload_bytes: lots\n',
    },
  });
  assert.deepEqual(said.toSorted(), [
    'OTEL_BSP_SCHEDULE_DELAY must be whole milliseconds ≥ 0, got "5s"; using 5000',
    'OTEL_TRACES_SAMPLER (.env:2) must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio, got "sometimes"; using parentbased_always_on',
    'batch.max_payload_bytes (tracing.yaml:3) must be whole bytes ≥ 1024, got "lots"; using 1048576',
  ]);
  assert.deepEqual(
    collector.spans.map(({ name, resource }) => [name, resource['namespace']]),
    [['work', 'shop']],
  );
});

test('TRACING_STRICT=1 ends the process with code 78 before the app prints anything', async (t) => {
  for (const program of [
    { env: { TRACING_STRICT: '1', OTEL_BSP_SCHEDULE_DELAY: '5s' } },
    { files: { 'tracing.yaml': 'tracing_strict: true\nbatch: { schedule_delay_ms: 5s }\n' } },
    { env: { TRACING_STRICT: '1', TRACING_CONFIG: 'absent.yaml' } },
  ]) {
    const { stdout, stderr, code } = await start(t, program);
    assert.deepEqual([stdout, code], ['', 78]);
    assert.match(stderr, /^otel-preload: [^\n]+\n$/);
  }
});

test('a YAML file that is absent or broken is one line, with line and column', async (t) => {
  const absent = await collecting(t, { env: { TRACING_CONFIG: 'conf/absent.yaml' } });
  assert.deepEqual(absent.said, [
    'TRACING_CONFIG must be the path of a YAML file, got "conf/absent.yaml", which does not exist; going on without a file',
  ]);
  const broken = await collecting(t, { files: { 'tracing.yaml': 'namespace: shop\nregister: {\n  name: [a\n' } });
  assert.equal(broken.said.length, 1);
  assert.match(broken.said[0] ?? '', /^tracing\.yaml:\d+:\d+ is not YAML: .+; going on without tracing\.yaml$/);
  for (const { collector } of [absent, broken]) assert.equal(collector.spans.length, 1);
});

test('.env counts and does not leak into the environment of the app', async (t) => {
  const collector = await startCollector(t);
  const said = await lines(t, {
    files: { '.env': `TRACING_URL="${collector.jaegerUrl}"\nOTEL_SERVICE_NAME=from-env-file\nPORT=1\n` },
  });
  assert.deepEqual(said, []);
  assert.deepEqual(
    collector.spans.map(({ service }) => service),
    ['from-env-file'],
  );
});

test('the environment goes before .env, .env before YAML, YAML before defaults, option by option', async (t) => {
  const { collector, said } = await collecting(t, {
    env: { OTEL_SERVICE_NAME: 'by-environment' },
    files: {
      '.env': 'OTEL_SERVICE_NAME=by-env-file\nTRACING_NAMESPACE=by-env-file\n',
      'tracing.yaml':
        'service: { name: by-yaml }\nnamespace: by-yaml\nresource: { attributes: { team: by-yaml } }\ntracing_address: 10.1.2.3:80\n',
    },
  });
  assert.deepEqual(said, []);
  const [span] = collector.spans;
  assert.deepEqual(
    [span?.service, span?.resource['namespace'], span?.resource['team'], span?.resource['address']],
    ['by-environment', 'by-env-file', 'by-yaml', '10.1.2.3:80'],
  );
});

test('unknown names near a known one are answered with it, foreign ones are left alone', async (t) => {
  const { said } = await collecting(t, {
    env: { TRACING_NAMSPACE: 'x', OTEL_SERVICE_NAMES: 'x', OTEL_COLLECTOR_THING_OF_MINE: 'x' },
    files: { 'tracing.yaml': 'namespcae: shop\ndatabase: { url: x }\n' },
  });
  const slip = /^(\S+)(?: \(\S+\))? is not an option.*; did you mean ([^?]+)\?$/;
  const named = said.map((line) => slip.exec(line)?.slice(1).join(' → ') ?? line);
  assert.deepEqual(named.toSorted(), [
    'OTEL_SERVICE_NAMES → OTEL_SERVICE_NAME',
    'TRACING_NAMSPACE → TRACING_NAMESPACE',
    'namespcae → namespace',
  ]);
});

test('an address that will hardly do what was meant gets one hint that names the fix', async (t) => {
  const hints: readonly (readonly [Record<string, string>, RegExp])[] = [
    [
      { TRACING_URL: 'http://127.0.0.1:1' },
      /without \/api\/traces; did you mean http:\/\/127\.0\.0\.1:1\/api\/traces\?$/,
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317' },
      /4317.*; use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc$/,
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      /4318.*; use port 4317, or set OTEL_EXPORTER_OTLP_PROTOCOL=http\/protobuf$/,
    ],
  ];
  for (const [env, hint] of hints) {
    // Nobody listens there; what is said of that comes later.
    const [first = '', ...rest] = await lines(t, { env: { ...env, TRACING_FLUSH_TIMEOUT: '200' } });
    assert.match(first, hint);
    for (const line of rest) assert.match(line, /does not take spans|these are lost/);
  }
});

test('credentials are sent and shown nowhere, whatever is wrong beside them', async (t) => {
  const collector = await startCollector(t, { mode: 'status', status: 400 });
  const url = collector.jaegerUrl.replace('http://', 'http://user:S3CRET@');
  const { stderr } = await start(t, { env: { TRACING_URL: url, OTEL_LOG_LEVEL: 'verbose' } });
  assert.match(stderr, /answered 400/);
  assert.equal(collector.requests[0]?.headers.authorization, `Basic ${btoa('user:S3CRET')}`);
  const wrong = await start(t, {
    env: {
      TRACING_URL: 'ftp://user:S3CRET@jaeger/api/traces?token=S3CRET',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization S3CRET',
      OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://user:S3CRET@127.0.0.1:1/?key=S3CRET',
      TRACING_FLUSH_TIMEOUT: '200',
    },
  });
  assert.match(wrong.stderr, /TRACING_URL must be/);
  assert.match(wrong.stderr, /OTEL_EXPORTER_OTLP_HEADERS must be/);
  assert.doesNotMatch(stderr + wrong.stderr, /S3CRET|UzNDUkVU/);
});

test('tracing that is switched off loads nothing, and the helper works', async (t) => {
  for (const env of [{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }]) {
    assert.deepEqual(await lines(t, { env }), []);
  }
});
