import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { metrics, type TracerProvider } from '@opentelemetry/api';
import type { CatalogRow } from '../../src/instrument/catalog-row.ts';
import { hub, subscribe } from '../../src/instrument/hub.ts';
import { instrument, type InstrumentOptions } from '../../src/instrument/instrument.ts';
import { app } from '../support/app.ts';
import { createLog } from '../../src/core/log.ts';

const stub = (name: string, version: string, main = 'module.exports = { stub: true };'): Record<string, unknown> => ({
  [`node_modules/${name}/package.json`]: { name, version, main: 'main.js' },
  [`node_modules/${name}/main.js`]: main,
});

/** Each call is an app with packages of its own, as nobody has loaded them yet. */
function appRequire(): NodeJS.Require {
  const dir = realpathSync(
    app(
      { after },
      {
        ...stub('pg', '8.0.0'),
        ...stub('redis', '5.0.0'),
        ...stub('mysql2', '3.24.6'),
        ...stub('router', '2.0.0'),
        ...stub('express', '5.0.0', 'module.exports = require("./lib/express.js");'),
        'node_modules/express/lib/express.js': 'exports.router = require("router");',
        ...stub('@opentelemetry/api', '1.99.0'),
      },
    ),
  );
  return createRequire(join(dir, 'main.js'));
}

class FakeInstrumentation {
  readonly got: [what: string, provider: unknown][] = [];
  readonly row: CatalogRow;
  readonly config: object;
  constructor(row: CatalogRow, config: object) {
    this.row = row;
    this.config = config;
  }
  setTracerProvider(provider: unknown): void {
    this.got.push(['tracer', provider]);
  }
  setMeterProvider(provider: unknown): void {
    this.got.push(['meter', provider]);
  }
  setLoggerProvider(): void {
    this.got.push(['logger', undefined]);
  }
}

function setUp(changes: Partial<InstrumentOptions> = {}) {
  // The hooks of the test before stay in; what they would show it to is gone.
  hub.required.clear();
  const loaded: FakeInstrumentation[] = [];
  const lines: string[] = [];
  const versions: string[] = [];
  const instrumented = instrument({
    enabled: undefined,
    disabled: [],
    metrics: false,
    lambda: false,
    configs: {},
    natives: new Map(),
    load(row, config) {
      const instrumentation = new FakeInstrumentation(row, config);
      loaded.push(instrumentation);
      return instrumentation;
    },
    onThreads() {},
    onApiCopy: (version) => versions.push(version),
    log: createLog({ level: 'warn', write: (line) => lines.push(line) }),
    directory: '/nowhere',
    // import is not what is tested here
    loadImportHook: () => assert.fail('nothing is imported'),
    loadImportLoader: () => assert.fail('nothing is imported'),
    ...changes,
  });
  return { ...instrumented, loaded, lines, versions, names: () => loaded.map(({ row }) => row.name) };
}

const provider = { getTracer() {} } as unknown as TracerProvider;

test('an instrumentation loads when its target is first required, once, with its configuration and provider', () => {
  const { begin, loaded, names } = setUp({ configs: { pg: { enhanced: true } } });
  begin(provider);
  const require = appRequire();
  assert.deepEqual(names(), []);
  require('pg');
  require('pg');
  assert.deepEqual(names(), ['pg']);
  assert.deepEqual(loaded[0]?.config, { enhanced: true });
  assert.deepEqual(loaded[0]?.got, [['tracer', provider]]);
});

test('what wakes before the SDK has started gets its providers when it has', () => {
  const { begin, loaded } = setUp();
  appRequire()('redis');
  assert.deepEqual(loaded[0]?.got, []);
  begin(provider);
  assert.deepEqual(loaded[0]?.got, [
    ['tracer', provider],
    ['meter', metrics.getMeterProvider()],
    ['logger', undefined],
  ]);
});

test('metrics and Lambda rows load when the SDK has started, where they are asked for', () => {
  for (const [changes, expected] of [
    [{}, []],
    [{ metrics: true }, ['runtime-node']],
    [{ metrics: true, enabled: ['host-metrics', 'runtime-node'] }, ['host-metrics', 'runtime-node']],
    [{ lambda: true }, ['aws-lambda']],
  ] as const) {
    const { begin, names } = setUp(changes);
    assert.deepEqual(names(), []);
    begin(provider);
    assert.deepEqual(names(), expected);
  }
});

test('the lists of enabled and disabled instrumentations decide, disabled last', () => {
  const scopes = (changes: Partial<InstrumentOptions>) =>
    [...setUp(changes).scopes].map((scope) => scope.replace('@opentelemetry/instrumentation-', ''));
  const byDefault = scopes({});
  for (const name of ['http', 'grpc', 'express', 'undici', 'pg']) assert.ok(byDefault.includes(name), name);
  for (const name of ['dns', 'net', 'fs', 'host-metrics', 'runtime-node', 'aws-lambda']) {
    assert.ok(!byDefault.includes(name), name);
  }
  assert.deepEqual(scopes({ enabled: ['http', 'fs'] }), ['fs', 'http']);
  assert.deepEqual(scopes({ enabled: ['http', 'fs'], disabled: ['fs'] }), ['http']);
  assert.ok(!scopes({ disabled: ['http'] }).includes('http'));
  // there is no official one of it, so whichever an app brings is left alone
  assert.ok(!scopes({ enabled: ['fastify'] }).includes('fastify'));
  assert.deepEqual(scopes({ enabled: [] }), []);
});

test('an instrumentation that is off does not load', () => {
  const { begin, names } = setUp({ disabled: ['pg'] });
  begin(provider);
  appRequire()('pg');
  assert.deepEqual(names(), []);
});

test('one that cannot be constructed is one line, and its target works', () => {
  const { begin, lines } = setUp({
    load() {
      throw new Error('no such file');
    },
  });
  begin(provider);
  const require = appRequire();
  assert.deepEqual(require('pg'), { stub: true });
  require('redis');
  assert.deepEqual(lines, [
    'otel-preload: instrumentation pg could not be loaded: Error: no such file; its target runs untraced\n',
    'otel-preload: instrumentation redis could not be loaded: Error: no such file; its target runs untraced\n',
  ]);
});

test('a patch that throws is one line, and its target works', () => {
  const { begin, lines } = setUp();
  begin(provider);
  hub.required.add({
    modules: ['pg'],
    onLoad() {
      throw new Error('no Client');
    },
  });
  assert.deepEqual(appRequire()('pg'), { stub: true });
  assert.deepEqual(lines, ['otel-preload: instrumenting pg failed: Error: no Client; it runs untraced\n']);
});

test('undici wakes by the first request that it tells of', () => {
  const { begin, names } = setUp({ enabled: ['undici'] });
  begin(provider);
  assert.deepEqual(names(), []);
  channel('undici:request:create').publish({ request: {} });
  assert.deepEqual(names(), ['undici']);
});

test('Fastify wakes by the first instance that an app makes, and is given that one too', () => {
  const seen: unknown[] = [];
  const create = (): FakeInstrumentation => {
    subscribe('fastify.initialization', (message) => seen.push(message));
    return new FakeInstrumentation({ name: 'fastify' } as CatalogRow, {});
  };
  const { begin } = setUp({ enabled: ['fastify'], natives: new Map([['fastify', { create }]]) });
  begin(provider);
  const instances = channel('fastify.initialization');
  instances.publish(1);
  instances.publish(2);
  assert.deepEqual(seen, [1, 2]);
});

test('a library that publishes what it does wakes ours by its first call, and never the official one', () => {
  const seen: unknown[] = [];
  const create = (): FakeInstrumentation => {
    subscribe('tracing:mysql2:query:start', (message) => seen.push(message));
    return new FakeInstrumentation({ name: 'mysql2' } as CatalogRow, {});
  };
  const { begin, names } = setUp({ natives: new Map([['mysql2', { create }]]) });
  begin(provider);
  assert.deepEqual(appRequire()('mysql2'), { stub: true });
  assert.deepEqual([names(), seen], [[], []]);
  channel('tracing:mysql2:execute:start').publish('execute');
  channel('tracing:mysql2:query:start').publish('query');
  assert.deepEqual([names(), seen], [[], ['query']]);
});

test('an older copy of it wakes the official one, which is not shown a newer copy', () => {
  const create = () => assert.fail('nothing is published');
  const { begin, names } = setUp({ natives: new Map([['redis', { create }]]) });
  begin(provider);
  appRequire()('redis');
  assert.deepEqual(names(), ['redis']);
  const shown: unknown[] = [];
  hub.required.add({
    modules: ['redis', 'mysql2'],
    onLoad(exports, name) {
      shown.push(name);
      return exports;
    },
  });
  const require = appRequire();
  require('redis');
  require('mysql2');
  // The hooks of the tests before show it again.
  assert.deepEqual([...new Set(shown)], ['redis']);
});

test("router is not instrumented as Express 5's own, but by itself, and where express is off", () => {
  const alone = setUp();
  alone.begin(provider);
  appRequire()('router');
  assert.deepEqual(alone.names(), ['router']);

  const under = setUp();
  under.begin(provider);
  const require = appRequire();
  require('express');
  assert.deepEqual(under.names(), ['express']);

  const instead = setUp({ disabled: ['express'] });
  instead.begin(provider);
  appRequire()('express');
  assert.deepEqual(instead.names(), ['router']);
});

test('the version of every copy of the API that the app loads is told', () => {
  const { begin, versions } = setUp();
  begin(provider);
  appRequire()('@opentelemetry/api');
  // The hooks of the tests before show it again.
  assert.deepEqual([...new Set(versions)], ['1.99.0']);
});

test("the app's own instrumentations of what is in use here stay off", () => {
  setUp({ enabled: ['http'] });
  const exports = {
    InstrumentationBase: class {
      readonly own = true;
    },
  };
  for (const { modules, onLoad } of hub.required) {
    if (modules?.includes('@opentelemetry/instrumentation')) onLoad(exports, '@opentelemetry/instrumentation', '/app');
  }
  const { enable } = new (exports.InstrumentationBase as unknown as new (name: string) => { enable?: unknown })(
    '@opentelemetry/instrumentation-http',
  );
  assert.equal(typeof enable, 'function');
});
