import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/options.ts';
import { createLog } from '../../src/core/log.ts';
import { nativeInstrumentations, officialConfigs } from '../../src/sdk/instrumentations.ts';

function settings(env: NodeJS.ProcessEnv): Settings {
  return loadSettings({ env, cwd: '/', readers: {} as never }).settings;
}

const log = createLog({ level: 'none' });

/** What loads a part that has a class of this name, whose objects tell of which part they are and what they were given. */
const partWith = (className: string) => (part: string) => ({
  [className]: class {
    readonly part = part;
    readonly options: unknown;
    constructor(options: unknown) {
      this.options = options;
    }
  },
});

test('HTTP is native where that is chosen, and loaded when it is made', () => {
  const load = partWith('HttpInstrumentation');
  const env = {
    TRACING_HTTP_INSTRUMENTATION: 'native',
    TRACING_GRPC_INSTRUMENTATION: 'official',
    TRACING_EXPRESS_INSTRUMENTATION: 'official',
    TRACING_IGNORE_PATHS: '/a*',
  };
  const native = nativeInstrumentations(settings(env), { metrics: true, load, log }).get('http');
  assert.deepEqual(native?.wokenBy, ['http', 'https', 'http2']);
  const made = native.create();
  const { part, options } = made as unknown as {
    part: string;
    options: { metrics: boolean; ignores: (path: string) => boolean };
  };
  assert.deepEqual(
    [part, options.metrics, options.ignores('/ab'), options.ignores('/b')],
    ['native-http', true, true, false],
  );
  const official = nativeInstrumentations(settings({ ...env, TRACING_HTTP_INSTRUMENTATION: 'official' }), {
    metrics: true,
    load,
    log,
  });
  assert.deepEqual([...official.keys()], ['fastify', 'h3', 'mysql2', 'redis']);
});

test('gRPC is native where that is chosen, and the official one is told of the same metadata', () => {
  const env = {
    TRACING_HTTP_INSTRUMENTATION: 'official',
    TRACING_GRPC_INSTRUMENTATION: 'native',
    TRACING_EXPRESS_INSTRUMENTATION: 'official',
    TRACING_IGNORE_PATHS: '/grpc.health.v1.*',
    OTEL_INSTRUMENTATION_GRPC_CAPTURE_METADATA_SERVER_REQUEST: 'a,b',
    OTEL_INSTRUMENTATION_GRPC_CAPTURE_METADATA_CLIENT_RESPONSE: 'c',
  };
  const load = partWith('GrpcInstrumentation');
  const natives = nativeInstrumentations(settings(env), { metrics: true, load, log });
  assert.deepEqual([...natives.keys()], ['grpc', 'fastify', 'h3', 'mysql2', 'redis']);
  const made = natives.get('grpc')?.create();
  const { part, options } = made as unknown as {
    part: string;
    options: { capturedMetadata: unknown; ignores: (path: string) => boolean };
  };
  assert.equal(part, 'native-grpc');
  assert.deepEqual(
    ['/grpc.health.v1.Health/Check', '/user.UserSrv/Get'].map((path) => options.ignores(path)),
    [true, false],
  );
  assert.deepEqual(options.capturedMetadata, {
    serverRequest: ['a', 'b'],
    serverResponse: [],
    clientRequest: [],
    clientResponse: ['c'],
  });
  assert.deepEqual(officialConfigs(settings(env), false)['grpc'], {
    metadataToSpanAttributes: {
      server: { requestMetadata: ['a', 'b'], responseMetadata: [] },
      client: { requestMetadata: [], responseMetadata: ['c'] },
    },
  });
});

test('Express is native unless the official one is chosen', () => {
  const load = partWith('ExpressInstrumentation');
  const chosen = (env: NodeJS.ProcessEnv) => nativeInstrumentations(settings(env), { metrics: false, load, log });
  const native = chosen({}).get('express');
  assert.equal(native?.wokenBy, undefined);
  assert.deepEqual({ ...(native?.create() as object) }, { part: 'native-express', options: { log } });
  assert.equal(chosen({ TRACING_EXPRESS_INSTRUMENTATION: 'official' }).has('express'), false);
});

test('Fastify is always native, as there is no other, and wakes as the catalogue says', () => {
  const load = partWith('FastifyInstrumentation');
  const native = nativeInstrumentations(settings({}), { metrics: false, load, log }).get('fastify');
  assert.equal(native?.wokenBy, undefined);
  assert.deepEqual({ ...(native?.create() as object) }, { part: 'native-fastify', options: { log } });
});

test('libraries that publish what they do have one part, which is given the library', () => {
  class PublishedInstrumentation {
    readonly given: unknown[];
    constructor(...given: unknown[]) {
      this.given = given;
    }
  }
  const libraries = { h3: 'h3', mysql2: 'mysql2', redis: 'redis' };
  const loaded: string[] = [];
  const load = (part: string) => {
    loaded.push(part);
    return { PublishedInstrumentation, libraries };
  };
  const natives = nativeInstrumentations(settings({}), { metrics: false, load, log });
  assert.deepEqual(loaded, []);
  for (const name of Object.keys(libraries)) {
    const made = natives.get(name)?.create() as unknown as PublishedInstrumentation;
    assert.deepEqual(made.given, [name, { log }]);
  }
  assert.deepEqual(new Set(loaded), new Set(['native-published']));
});

test('the official one is told the same: paths to ignore and headers to capture', () => {
  const env = {
    TRACING_IGNORE_PATHS: '/healthz',
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST: 'a,b',
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_RESPONSE: 'c',
  };
  const { http } = officialConfigs(settings(env), false);
  const { ignoreIncomingRequestHook: ignores, headersToSpanAttributes } = http as {
    ignoreIncomingRequestHook: (request: { url?: string }) => boolean;
    headersToSpanAttributes: unknown;
  };
  assert.deepEqual([ignores({ url: '/healthz?a' }), ignores({ url: '/' }), ignores({})], [true, false, false]);
  assert.deepEqual(headersToSpanAttributes, {
    server: { requestHeaders: ['a', 'b'], responseHeaders: [] },
    client: { requestHeaders: [], responseHeaders: ['c'] },
  });
  assert.equal('ignoreIncomingRequestHook' in (officialConfigs(settings({}), false)['http'] ?? {}), false);
});

test('loggers get trace ids and send records only where that is asked for', () => {
  const quiet = { disableLogCorrelation: true, disableLogSending: true };
  assert.deepEqual(officialConfigs(settings({}), false)['pino'], quiet);
  const all = officialConfigs(settings({ TRACING_LOG_CORRELATION: '1' }), true);
  for (const name of ['pino', 'winston', 'bunyan']) {
    assert.deepEqual(all[name], { disableLogCorrelation: false, disableLogSending: false });
  }
});
