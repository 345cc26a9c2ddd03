import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { chooseExporters } from '../../src/config/choose-exporters.ts';
import { loadSettings } from '../../src/config/load.ts';
import { optionRows } from '../../src/config/options.ts';
import { describeSource } from '../../src/config/source.ts';
import { tempDir } from '../support/app.ts';
import { load, loadEnv, nowhere, readers, texts } from './support.ts';

const never = () => assert.fail('loaded without need');

test('without files and slips nothing is loaded', () => {
  const { problems, mustStop, settings } = loadSettings({
    env: { OTEL_SERVICE_NAME: 'a', PATH: '/bin' },
    cwd: nowhere,
    readers: { yaml: never, dotenv: never, suggest: never, declarative: never },
  });
  assert.deepEqual([problems, mustStop, settings.serviceName], [[], false, 'a']);
});

test('.env loads its parser only, and a YAML file its own', (t) => {
  const cwd = tempDir(t);
  writeFileSync(join(cwd, '.env'), 'TRACING_NAMESPACE=dev');
  assert.equal(
    loadSettings({ env: {}, cwd, readers: { ...readers, yaml: never, suggest: never } }).settings.namespace,
    'dev',
  );
  const other = tempDir(t);
  writeFileSync(join(other, 'tracing.yaml'), 'namespace: prod');
  assert.equal(
    loadSettings({ env: {}, cwd: other, readers: { ...readers, dotenv: never, suggest: never } }).settings.namespace,
    'prod',
  );
});

test('environment over .env over YAML over default, each with its source, for any choice of them', (t) => {
  const cwd = tempDir(t);
  const delay = fc.option(fc.nat(100_000).map(String), { nil: undefined });
  const bad = fc.option(fc.constantFrom('5s', '', '  ', '-1'), { nil: undefined });
  const held = fc.oneof(delay, bad);
  const isGood = (text: string | undefined) => text !== undefined && /^\d+$/.test(text);
  fc.assert(
    fc.property(held, held, held, (inEnv, inDotenv, inYaml) => {
      writeFileSync(join(cwd, '.env'), inDotenv === undefined ? '' : `# delay\nOTEL_BSP_SCHEDULE_DELAY=${inDotenv}\n`);
      writeFileSync(join(cwd, 'tracing.yaml'), inYaml === undefined ? '' : `batch:\n  schedule_delay_ms: ${inYaml}\n`);
      const env = inEnv === undefined ? {} : { OTEL_BSP_SCHEDULE_DELAY: inEnv };
      const { settings, sources, problems } = loadSettings({ env, cwd, readers });
      const inOrder = [
        [inEnv, 'OTEL_BSP_SCHEDULE_DELAY'],
        [inDotenv, '.env:2'],
        [inYaml, 'tracing.yaml:2'],
        ['5000', 'default'],
      ] as const;
      const at = inOrder.findIndex(([text]) => isGood(text));
      assert.equal(String(settings.scheduleDelayMs), String(Number(inOrder[at]?.[0])));
      assert.equal(describeSource(sources.scheduleDelayMs), inOrder[at]?.[1]);
      const wrong = inOrder.slice(0, at).filter(([text]) => text !== undefined && text.trim() !== '');
      assert.equal(problems.length, wrong.length);
    }),
  );
});

test("the environment is not written, and the app's own variables in .env are not read", (t) => {
  const env = Object.freeze({ TRACING_NAMESPACE: 'dev' });
  const loaded = load(t, { '.env': 'DB_PASSWORD=secret\nTRACING_NAMESPACE=prod\n' }, env);
  assert.ok(!JSON.stringify(loaded).includes('secret'));
  assert.deepEqual(env, { TRACING_NAMESPACE: 'dev' });
});

test('a bad value is one line with variable, place, value, what is allowed and what is used', (t) => {
  const loaded = load(t, { '.env': `${'\n'.repeat(11)}OTEL_BSP_SCHEDULE_DELAY=5s\n` });
  assert.deepEqual(texts(loaded), [
    'OTEL_BSP_SCHEDULE_DELAY (.env:12) must be whole milliseconds ≥ 0, got "5s"; using 5000',
  ]);
});

test('TRACING_CONFIG, also in .env, names the YAML file', (t) => {
  const files = { 'tracing.yaml': 'namespace: a', 'other/x.yml': 'namespace: b' };
  assert.equal(load(t, files).settings.namespace, 'a');
  assert.equal(load(t, files, { TRACING_CONFIG: 'other/x.yml' }).settings.namespace, 'b');
  const inDotenv = load(t, { ...files, '.env': 'TRACING_CONFIG=./other/x.yml' });
  assert.equal(inDotenv.settings.namespace, 'b');
  assert.equal(describeSource(inDotenv.sources.namespace), './other/x.yml:1');
});

test('a TRACING_CONFIG that does not exist is told, and no other file read in its place', (t) => {
  const loaded = load(t, { 'tracing.yaml': 'namespace: a', '.env': 'TRACING_CONFIG=no.yaml' });
  assert.equal(loaded.settings.namespace, undefined);
  assert.deepEqual(loaded.problems, [
    {
      severity: 'error',
      text: 'TRACING_CONFIG (.env:1) must be the path of a YAML file, got "no.yaml", which does not exist; going on without a file',
    },
  ]);
});

test('YAML that cannot be parsed is told with line and column, and the rest counts', (t) => {
  const loaded = load(t, { 'tracing.yaml': 'a: 1\nb: [1\nc: 2\n', '.env': 'TRACING_NAMESPACE=dev' });
  assert.equal(loaded.settings.namespace, 'dev');
  assert.equal(texts(loaded).length, 1);
  assert.match(texts(loaded)[0] ?? '', /^tracing\.yaml:3:1 is not YAML: [A-Z].*; going on without tracing\.yaml$/);
});

test('a directory in the place of a file is told and gone without', (t) => {
  const cwd = tempDir(t);
  mkdirSync(join(cwd, '.env'));
  mkdirSync(join(cwd, 'tracing.yaml'));
  assert.deepEqual(texts(loadSettings({ env: {}, cwd, readers })), [
    '.env cannot be read: EISDIR: illegal operation on a directory; going on without it',
    'tracing.yaml cannot be read: EISDIR: illegal operation on a directory; going on without it',
  ]);
});

test('a directory that TRACING_CONFIG names is told by the name of the variable', (t) => {
  assert.deepEqual(texts(load(t, {}, { TRACING_CONFIG: '.' })), [
    'TRACING_CONFIG must be the path of a YAML file, got ".", which cannot be read: EISDIR: illegal operation on a directory; going on without a file',
  ]);
});

test('a file without permission is told', { skip: process.getuid?.() === 0 && 'root may read everything' }, (t) => {
  const cwd = tempDir(t);
  writeFileSync(join(cwd, '.env'), '');
  chmodSync(join(cwd, '.env'), 0);
  assert.deepEqual(texts(loadSettings({ env: {}, cwd, readers })), [
    '.env cannot be read: EACCES: permission denied; going on without it',
  ]);
});

test('strict stops for a bad value, a slip, a hint or a broken file, and for nothing else', (t) => {
  const strict = { TRACING_STRICT: '1' };
  assert.equal(loadEnv(strict).mustStop, false);
  assert.equal(loadEnv({ ...strict, OTEL_BSP_SCHEDULE_DELAY: '5s' }).mustStop, true);
  assert.equal(loadEnv({ ...strict, TRACING_ULR: 'x' }).mustStop, true);
  assert.equal(loadEnv({ ...strict, TRACING_URL: 'http://jaeger:14268' }).mustStop, true);
  assert.equal(load(t, { 'tracing.yaml': '[' }, strict).mustStop, true);
  assert.equal(load(t, { 'tracing.yaml': 'tracing_strict: true\nnamspace: a\n' }).mustStop, true);
  assert.equal(loadEnv({ OTEL_BSP_SCHEDULE_DELAY: '5s' }).mustStop, false);
});

test('no secret is in any message, wherever it stands', (t) => {
  const loaded = load(
    t,
    {
      '.env': 'OTEL_EXPORTER_OTLP_HEADERS="SECRET, b c=SECRET"\nTRACING_URL=jaeger://u:SECRET@h?token=SECRET\n',
      'tracing.yaml':
        'exporter:\n  jaeger: { password: [SECRET] }\n  otlp: { traces: { endpoint: "http://u:SECRET@h:4317" } }\n',
    },
    { OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://u:SECRET@h:14268', OTEL_EXPORTER_OTLP_ENDPOINT: 'u:SECRET@h' },
  );
  assert.equal(loaded.problems.length, 5, JSON.stringify(loaded.problems, null, 1));
  assert.ok(!JSON.stringify(loaded.problems).includes('SECRET'), JSON.stringify(loaded.problems));
});

test('whatever an option is set to, in the environment or in YAML, loading never throws', (t) => {
  const cwd = tempDir(t);
  const host = fc.constantFrom('h', '[::1]', 'h:99999', 'u:p@h', 'h:4317', '[:]:1', '', '%', 'h:0');
  const url = fc
    .tuple(
      fc.constantFrom('http://', 'https://', '', 'x://', 'unix:', 'unix://', 'http+unix://', 'socks5://'),
      fc.oneof(host, fc.constantFrom('/run/o.sock', '%2Frun%2Fo.sock', '%zz')),
      fc.constantFrom('', '/', '/api/traces', '/v1/traces', '?k=v', '//'),
    )
    .map((parts) => parts.join(''));
  const value = fc.oneof(
    url,
    fc.array(url, { maxLength: 3 }).map((urls) => urls.join(',')),
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.integer().map(String),
    fc.constantFrom('none', 'grpc', 'a=b,c', 'jaeger,otlp'),
  );
  const set = (names: readonly string[]) =>
    fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12, noNullPrototype: true });
  const variables = optionRows.flatMap(([, row]) => row.env).filter((name) => name !== 'TRACING_CONFIG');
  const addresses = variables.filter((name) => /URL|ENDPOINT|PROTOCOL|TRACES_EXPORTER|AGENT|proxy/i.test(name));
  const oftenAddresses = [...variables, 'TRACING_ULR', 'OTEL_X', ...Array<typeof addresses>(8).fill(addresses).flat()];
  const paths = optionRows.flatMap(([, row]) => row.yaml ?? []);
  fc.assert(
    fc.property(set(oftenAddresses), set(paths), (env, yaml) => {
      const nested: Record<string, unknown> = {};
      for (const [path, text] of Object.entries(yaml)) {
        const keys = path.split('.');
        const last = keys.pop() ?? '';
        let level = nested;
        for (const key of keys) level = (level[key] ??= {}) as Record<string, unknown>;
        level[last] = text;
      }
      writeFileSync(join(cwd, 'tracing.yaml'), JSON.stringify(nested));
      const { settings, sources, problems } = loadSettings({ env, cwd, readers });
      chooseExporters(settings, sources);
      for (const { text } of problems) assert.ok(!text.includes('\n'), text);
    }),
    { numRuns: 500 },
  );
});

test('nothing set takes less than 1 ms', () => {
  const env = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`VARIABLE_${index}`, 'x']));
  const times = Array.from({ length: 21 }, () => {
    const startMs = performance.now();
    loadSettings({ env, cwd: nowhere, readers });
    return performance.now() - startMs;
  }).sort((a, b) => a - b);
  assert.ok((times[10] ?? Infinity) < 1, `${times[10]} ms`);
});
