import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { Hook } from 'require-in-the-middle';
import { createLog } from '../../../src/core/log.ts';
import { GrpcInstrumentation, SCOPE } from '../../../src/instrument/grpc/grpc-instrumentation.ts';
import { hub, type Watcher } from '../../../src/instrument/hub.ts';
import { drain, recordSpans } from '../../span/recorded-spans.ts';

const ended = recordSpans();
const require = createRequire(import.meta.url);
const lines: string[] = [];

function setUp(): { readonly watcher: Watcher; readonly instrumentation: GrpcInstrumentation } {
  hub.required.clear();
  hub.imported.clear();
  const instrumentation = new GrpcInstrumentation({
    ignores: undefined,
    capturedMetadata: { serverRequest: [], serverResponse: [], clientRequest: [], clientResponse: [] },
    log: createLog({ level: 'warn', write: (line) => lines.push(line) }),
  });
  const [watcher] = hub.required;
  assert.ok(watcher);
  assert.deepEqual([watcher.modules, [...hub.imported]], [['@grpc/grpc-js'], [watcher]]);
  return { watcher, instrumentation };
}

test('the files of the package are patched as they come, and each stays the object that it is', async () => {
  const { watcher, instrumentation } = setUp();
  let files = 0;
  const hook = new Hook(['@grpc/grpc-js'], { internals: true }, (exports, name) => {
    files++;
    assert.equal(watcher.onLoad(exports, name), exports);
    return exports;
  });
  const grpc = require('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
  hook.unhook();
  assert.ok(files > 20, `${files} files`);
  instrumentation.setTracerProvider(trace.getTracerProvider());

  const Calls = grpc.makeClientConstructor(
    {
      Do: {
        path: '/test.Calls/Do',
        requestStream: false,
        responseStream: true,
        requestSerialize: (text: string) => Buffer.from(text),
        requestDeserialize: String,
        responseSerialize: (text: string) => Buffer.from(text),
        responseDeserialize: String,
      },
    },
    'Calls',
  );
  const server = new grpc.Server();
  server.addService(Calls.service, {
    Do(call: import('@grpc/grpc-js').ServerWritableStream<string, string>) {
      call.write(call.request);
      call.end();
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const client = new Calls(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const call = client['Do']?.('hello') as import('@grpc/grpc-js').ClientReadableStream<string>;
  assert.deepEqual(await call.toArray(), ['hello']);
  client.close();
  server.forceShutdown();
  while (ended.length < 2) await delay(1);
  const spans = drain(ended);
  assert.deepEqual(
    spans.map(({ name, kind, attributes, instrumentationScope }) => [
      name,
      kind,
      attributes['rpc.grpc.status_code'],
      instrumentationScope.name,
    ]),
    [
      ['grpc.test.Calls/Do', 1, 0, SCOPE],
      ['grpc.test.Calls/Do', 2, 0, SCOPE],
    ],
  );
});

test('what cannot be traced is one line', () => {
  const { watcher, instrumentation } = setUp();
  const call = {
    get metadata() {
      throw new Error('no metadata');
    },
  };
  class Server {
    register(_path: string, handler: (incoming: object, answer: () => string) => string): string {
      return handler(call, () => 'answered');
    }
  }
  watcher.onLoad({ Server }, '@grpc/grpc-js');
  instrumentation.setTracerProvider(trace.getTracerProvider());
  for (const path of ['/a/B', '/a/C']) {
    assert.equal(
      new Server().register(path, (_call, answer) => answer()),
      'answered',
    );
  }
  assert.deepEqual(lines, ['otel-preload: tracing a gRPC call failed: Error: no metadata; it goes on untraced\n']);
});
