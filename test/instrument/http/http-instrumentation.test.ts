import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import http, { createServer } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { createLog } from '../../../src/core/log.ts';
import { HttpInstrumentation, SCOPE } from '../../../src/instrument/http/http-instrumentation.ts';
import { hub } from '../../../src/instrument/hub.ts';
import { drain, recordSpans } from '../../span/recorded-spans.ts';
import { recordingMeters } from './meters.ts';
import { usual } from './settings.ts';

const ended = recordSpans();
const lines: string[] = [];
const uncaught: ((error: unknown) => void)[] = [];
const instrumentation = new HttpInstrumentation({
  ...usual,
  metrics: true,
  onUncaught: (listener) => uncaught.push(listener),
  log: createLog({ level: 'warn', write: (line) => lines.push(line) }),
});
const { meters, recorded } = recordingMeters();
instrumentation.setTracerProvider({ getTracer: (name, version) => trace.getTracer(name, version) });
instrumentation.setMeterProvider(meters);
afterEach(() => void drain(ended));

const show = (exports: unknown, name: string): unknown => {
  let shown = exports;
  for (const { onLoad } of hub.required) shown = onLoad(shown, name);
  for (const { onLoad } of hub.imported) shown = onLoad(shown, name);
  return shown;
};

test('http and https are patched when they are shown, once', () => {
  for (const [name, module] of [
    ['http', http],
    ['https', https],
  ] as const) {
    const functions = { request: module.request, get: module.get };
    const exports = { ...functions };
    assert.equal(show(exports, name), exports);
    const { request, get } = exports;
    assert.notEqual(request, functions.request);
    show(exports, name);
    assert.deepEqual([exports.request, exports.get], [request, get]);
  }
});

test('a request of the process to itself has a span on each side, of one scope, and 2 durations', async () => {
  const exports = { request: http.request, get: http.get };
  show(exports, 'http');
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sent = exports.get({ port: (server.address() as AddressInfo).port }, (response) => response.resume());
  await new Promise((resolve) => sent.on('close', resolve));
  await new Promise((resolve) => server.close(resolve));
  assert.deepEqual(
    drain(ended)
      .map(({ kind, instrumentationScope }) => `${kind} ${instrumentationScope.name}`)
      .toSorted((a, b) => a.localeCompare(b)),
    [`1 ${SCOPE}`, `2 ${SCOPE}`],
  );
  assert.equal(recorded.get('http.client.request.duration')?.length, 1);
  assert.equal(recorded.get('http.server.request.duration')?.length, 1);
});

test('it listens to what nobody catches', () => {
  assert.equal(uncaught.length, 1);
  assert.deepEqual(lines, []);
  assert.ok(EventEmitter.prototype.emit.name === 'emit');
});
